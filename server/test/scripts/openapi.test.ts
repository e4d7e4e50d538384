import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

const PROGRAM = fileURLToPath(new URL('../../../scripts/openapi.ts', import.meta.url));
const KEPT = await readFile(new URL('../../../docs/openapi.json', import.meta.url), 'utf8');
const PATIENCE = 60_000;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'docket-openapi-'));
  await mkdir(join(folder, 'docs'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Runs the program beside a docs/openapi.json with this content; resolves to what it said and left. */
async function run(kept: string, ...args: string[]) {
  const file = join(folder, 'docs', 'openapi.json');
  await writeFile(file, kept);
  const { code, said } = await new Promise<{ code: number; said: string }>((resolve) => {
    execFile(process.execPath, [PROGRAM, ...args], { cwd: folder }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, said: stdout + stderr }),
    );
  });
  return { code, said, left: await readFile(file, 'utf8') };
}

function withPath(path: string): string {
  const document = JSON.parse(KEPT);
  document.paths[path] = { get: { operationId: 'listTeams', responses: {} } };
  return JSON.stringify(document);
}

test('passes when docs/openapi.json is up to date', { timeout: PATIENCE }, async () => {
  expect(await run(KEPT)).toMatchObject({
    code: 0,
    said: expect.stringContaining('is what the server describes'),
  });
});

test('fails when it is not, and writes it when told to', { timeout: PATIENCE }, async () => {
  const older = KEPT.replace('Docket', 'Dockett');
  expect(await run(older)).toMatchObject({
    ...{ code: 1, said: expect.stringContaining('Run npm run openapi'), left: older },
  });
  expect(await run(older, '--write')).toMatchObject({ code: 0, left: KEPT });
});

test('names what would break an integrator, and does not write it', { timeout: PATIENCE }, async () => {
  const promised = withPath('/api/v1/teams');
  for (const args of [[], ['--write']]) {
    const { code, said, left } = await run(promised, ...args);
    expect(said).toContain('breaks: GET /api/v1/teams was removed\n');
    expect({ code, left }).toEqual({ code: 1, left: promised });
  }
});
