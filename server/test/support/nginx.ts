import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './free-port.ts';

const PROGRAM = '/usr/sbin/nginx';
const isThere = existsSync(PROGRAM);
if (!isThere) console.warn('NOT TESTED: a real nginx. This needs nginx (nginx-light on Debian).');

/** For what needs the real one: in CI it must be there. */
export const withNginx = isThere || Boolean(process.env.CI);

/** nginx in front of these ports, set as docs/troubleshooting.md says: nothing is kept back, in neither direction. */
export async function startNginx(ports: number[]): Promise<{ url: string; stop(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'docket-nginx-'));
  const port = await freePort();
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${folder}/${name};`,
  );
  const file = join(folder, 'nginx.conf');
  await writeFile(
    file,
    `worker_processes 1; daemon off; pid ${folder}/pid; error_log ${folder}/error.log;
    events {}
    http {
      access_log off; ${temporary.join(' ')}
      client_max_body_size 0;
      upstream docket { ${ports.map((each) => `server 127.0.0.1:${each} max_fails=0;`).join(' ')} }
      server {
        listen 127.0.0.1:${port};
        location / {
          proxy_pass http://docket;
          proxy_http_version 1.1;
          proxy_set_header Host $http_host;
          proxy_set_header X-Forwarded-For $remote_addr;
          proxy_set_header X-Forwarded-Proto $scheme;
          proxy_request_buffering off;
          proxy_buffering off;
          proxy_read_timeout 1h;
        }
      }
    }`,
  );
  // As root nginx would give its workers another user, who may not enter the folder.
  const asRoot = process.getuid?.() === 0 ? ['-g', 'user root;'] : [];
  const child = spawn(PROGRAM, ['-c', file, '-p', folder, ...asRoot], { stdio: 'ignore' });
  const url = `http://127.0.0.1:${port}`;
  for (let tries = 0; ; tries += 1) {
    if (await fetch(`${url}/livez`).then(Boolean, () => false)) break;
    if (tries > 200 || child.exitCode !== null) throw new Error('nginx did not come up');
    await sleep(25);
  }
  return {
    url,
    async stop() {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
