/** The server, started anew when a source of it changes, behind Vite with the web app as it stands: one command. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

const PORT = process.env.PORT ?? '3000';
const WEB = 'http://localhost:5173';
const SERVER = [
  '--watch-path=server/src',
  '--watch-preserve-output',
  'server/src/cli/main.ts',
  'serve',
  '--api-only',
];

const inherit = 'inherit' as const;
const running = [
  // Its links and its Origin check are for the address people open, which is Vite's.
  spawn(process.execPath, SERVER, { stdio: inherit, env: { DOCKET_PUBLIC_URL: WEB, ...process.env, PORT } }),
  spawn('vite', ['web', '--port', '5173', '--strictPort'], {
    stdio: inherit,
    env: { ...process.env, DEV_SERVER: `http://127.0.0.1:${PORT}` },
  }),
];
const stop = () => {
  for (const child of running) child.kill();
};
process.on('SIGINT', () => {}); // a terminal sends it to both as well
process.on('SIGTERM', stop);
await Promise.race(running.map((child) => once(child, 'exit')));
stop();
