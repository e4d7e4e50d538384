import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ageFiles, leftoversOf } from './leftovers.ts';
import { CHUNK, type Resumed, resumeAfterKill } from './resuming.ts';
import { docket } from './server-process.ts';

const KILLS = Number(process.env.DOCKET_TEST_RESUMES ?? 5);

let dataDir: string;
let token: string;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'docket-resuming-'));
  const email = 'storm@example.com';
  await docket(dataDir, {}, 'user', 'create', '--email', email, '--name', 'Storm', '--role', 'agent');
  token = await docket(dataDir, {}, 'token', 'create', '--email', email);
}, 120_000);
afterAll(() => rm(dataDir, { recursive: true, force: true }));

test(
  `an upload goes on after each of ${KILLS} kills: the same bytes, at most one chunk sent twice, one file each`,
  async () => {
    const all: Resumed[] = [];
    for (let kill = 0; kill < KILLS; kill += 1) {
      const one = await resumeAfterKill(dataDir, token);
      expect(one).toMatchObject({ whole: true, files: 1 });
      expect(one.offset).toBeGreaterThanOrEqual(one.acknowledged);
      expect(one.twice).toBeLessThanOrEqual(CHUNK);
      // The lock of the process that died is nobody's: only putting the file together may take a while.
      expect(one.waited).toBeLessThan(5_000);
      all.push(one);
    }
    const most = (of: (one: Resumed) => number) => Math.max(...all.map(of));
    console.log(
      `${KILLS} kills: at most ${most(({ twice }) => twice)} bytes sent twice, at most ${most(({ waited }) => waited)} ms until the offset was told`,
    );
  },
  60_000 + KILLS * 60_000,
);

test('and the sweep leaves nothing of the pieces', async () => {
  // A piece that a kill caught between the store and its row is a stranger's, swept after an hour.
  await ageFiles(join(dataDir, 'storage'), 2 * 3_600_000);
  await docket(dataDir, {}, 'cleanup');
  expect(await leftoversOf(dataDir)).toEqual({ rowsWithoutBytes: [], bytesWithoutRow: [], spool: [] });
}, 60_000);
