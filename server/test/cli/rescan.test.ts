import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { docket, type Environment } from '../support/docket.ts';
import { fakeClamd, findingBySize } from '../support/fake-clamd.ts';

let folder: string;
let clamd: Awaited<ReturnType<typeof fakeClamd>>;
let unscanned: Environment;
let scanned: Environment;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'docket-rescan-'));
  clamd = await fakeClamd(findingBySize({}));
  unscanned = { DOCKET_DATA_DIR: folder };
  scanned = { ...unscanned, CLAMD_HOST: clamd.address.host, CLAMD_PORT: String(clamd.address.port) };
  expect((await docket(['demo'], unscanned)).code).toBe(0);
}, 120_000);
afterAll(async () => {
  await clamd?.close();
  await rm(folder, { recursive: true, force: true });
});

test('rescan has every file looked at, and says what came of it', async () => {
  const { code, stdout } = await docket(['rescan', '--all', '--json'], scanned);
  expect(code).toBe(0);
  const { clean } = JSON.parse(stdout);
  expect(clean).toBeGreaterThan(5);
  expect(clamd.heard.filter(({ whole }) => whole).length).toBeGreaterThanOrEqual(clean);
  expect(JSON.parse((await docket(['rescan', '--since', '2100-01-01', '--json'], scanned)).stdout)).toEqual(
    {},
  );
}, 60_000);

test.each([
  [['rescan'], 'Say which files'],
  [['rescan', '--all', '--unscannable'], 'Say which files'],
  [['rescan', '--since', 'yesterday'], 'Write it as 2026-11-01'],
])('%j is not a question', async (args, says) => {
  const { code, stderr } = await docket(args, scanned);
  expect(code).toBe(2);
  expect(stderr).toContain(says);
});

test('without a scanner there is nobody to ask', async () => {
  const { code, stderr } = await docket(['rescan', '--all'], unscanned);
  expect([code, stderr]).toEqual([3, expect.stringContaining('No virus scanner is set up')]);
});

test('a scanner that does not answer ends it, and it says so', async () => {
  const away = { ...unscanned, CLAMD_SOCKET: join(folder, 'nobody.sock') };
  const { code, stderr } = await docket(['rescan', '--all'], away);
  expect(code).toBe(1);
  expect(stderr).toContain('The scanner does not answer');
});
