import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { commandAs, ENVIRONMENT, type Runner } from './runner.ts';

/**
 * Stops PostgreSQL when the pipe on its standard input closes, which is when Docket ends, however it ends:
 * fast shutdown, after 20 s immediate, after 6 s more by force. Signals meant for Docket do not reach it.
 */
const WATCH = `
trap '' INT TERM HUP
read -r postgres || exit 0
read -r _
tries=200
for signal in INT QUIT KILL; do
  kill -$signal "$postgres" 2>/dev/null || exit 0
  while [ $tries -gt 0 ] && kill -0 "$postgres" 2>/dev/null; do
    tries=$((tries - 1))
    sleep 0.1
  done
  tries=60
done`;
const PATIENCE = 30_000; // ms: longer than the watcher's

/** A PostgreSQL server process in a session of its own, tied to the life of this one. */
export interface Postmaster {
  /** Resolves with how it ended, once it has. */
  ended: Promise<string>;
  /** Fast shutdown; resolves once it has ended, within half a minute. */
  stop(): Promise<void>;
}

export function startPostmaster(
  runner: Runner,
  program: string,
  args: string[],
  cwd: string,
  log: number,
): Postmaster {
  const watcher = startWatcher();
  const { command, args: line, options } = commandAs(runner, program, args);
  const server = spawn(command, line, { ...options, cwd, detached: true, stdio: ['ignore', log, log] });
  if (server.pid) watcher.stdin.write(`${server.pid}\n`);
  server.unref();
  const ended = untilEnd(server).finally(() => watcher.kill('SIGKILL')); // the pid may be another's soon
  return {
    ended,
    async stop() {
      server.ref(); // or this process might end before the promise does
      server.kill('SIGINT');
      watcher.stdin.end();
      const force = setTimeout(() => server.kill('SIGKILL'), PATIENCE);
      await ended;
      clearTimeout(force);
    },
  };
}

function startWatcher() {
  const watcher = spawn('/bin/sh', ['-c', WATCH], {
    env: ENVIRONMENT,
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  watcher.stdin.on('error', () => {}); // somebody killed it: the server is stopped without it
  watcher.unref();
  return watcher;
}

async function untilEnd(server: ChildProcess): Promise<string> {
  try {
    const [code, signal] = await once(server, 'exit');
    return signal ? `was ended by ${signal}` : `ended with code ${code}`;
  } catch (error) {
    return `could not be started: ${error instanceof Error ? error.message : error}`;
  }
}
