import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const NGINX = '/usr/sbin/nginx';
const isThere = existsSync(NGINX);
if (!isThere) console.warn('NOT TESTED: nginx in front of Docket. This needs nginx (nginx-light on Debian).');

/** For what needs the real one: in CI it must be there. */
export const withNginx = isThere || Boolean(process.env.CI);

export interface Nginx {
  url: string;
  stop(): Promise<void>;
}

/** Debian's nginx with what stands in its `http` block, which listens on `port` of loopback; resolves when it does. */
export async function startNginx(http: string, port: number): Promise<Nginx> {
  const folder = await mkdtemp(join(tmpdir(), 'docket-nginx-'));
  const file = await configurationIn(folder, http);
  const nginx = spawn(NGINX, ['-p', folder, '-c', file], { stdio: ['ignore', 'ignore', 'inherit'] });
  const url = `http://127.0.0.1:${port}`;
  await answering(url, nginx);
  return {
    url,
    async stop() {
      nginx.kill('SIGTERM');
      if (nginx.exitCode === null) await once(nginx, 'exit');
      await rm(folder, { recursive: true });
    },
  };
}

/** What nginx itself says of such a configuration; throws when it would not take it. */
export async function checkNginx(http: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'docket-nginx-'));
  try {
    const file = await configurationIn(folder, http);
    return (await promisify(execFile)(NGINX, ['-t', '-p', folder, '-c', file])).stderr;
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function configurationIn(folder: string, http: string): Promise<string> {
  const file = join(folder, 'nginx.conf');
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((kind) => `${kind}_temp_path ${folder}/${kind};`)
    .join(' ');
  // What breaks is for the test to notice: an instance that is killed is nothing to write about.
  const main = `daemon off; pid ${folder}/pid; error_log ${folder}/error.log; events {}`;
  await writeFile(file, `${main}\nhttp { access_log off; ${temporary}\n${http}\n}\n`);
  return file;
}

async function answering(url: string, nginx: ChildProcess): Promise<void> {
  for (const until = Date.now() + 20_000; ; await sleep(20)) {
    try {
      await (await fetch(url)).body?.cancel();
      return;
    } catch (error) {
      if (nginx.exitCode !== null || Date.now() > until) throw error;
    }
  }
}
