import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ServerProcess, startServer } from '../crash/server-process.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

let dataDir: string;
let server: ServerProcess;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'docket-readme-'));
  server = await startServer(dataDir, {});
}, 60_000);
afterAll(async () => {
  await server.stop();
  await rm(dataDir, { recursive: true });
});

test('the quick tour works line by line as it is printed', async () => {
  const readme = await readFile(join(ROOT, 'README.md'), 'utf8');
  const tour = [...readme.matchAll(/```sh tour\n([\s\S]*?)```/g)].map((block) => block[1]).join('\n');
  const script = `set -eu\n${tour.replaceAll('http://127.0.0.1:3000', server.url)}`;
  const { stdout } = await promisify(execFile)('bash', ['-c', script], {
    cwd: ROOT,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, DOCKET_DATA_DIR: dataDir },
  });
  const lines = stdout.trim().split('\n');
  expect(lines.at(-1)).toBe('410');
  expect(stdout).toContain('"file_name":"printer.log.txt"');
}, 60_000);
