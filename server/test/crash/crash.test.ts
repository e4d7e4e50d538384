import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ageFiles, leftoversOf } from './leftovers.ts';
import { docket } from './server-process.ts';
import { type StormReport, storm } from './storm.ts';

const KILLS = Number(process.env.DOCKET_TEST_KILLS ?? 10);
const LEASE = 31_000;
/** A killed database may forget an upload that had only begun: its bytes are then a stranger's, swept after an hour. */
const GRACE = 2 * 3_600_000;

let dataDir: string;
let report: StormReport;

beforeAll(
  async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'docket-crash-'));
    report = await storm(dataDir, KILLS);
    console.log(`${KILLS} kills: ${report.acknowledged} files acknowledged, ${report.cut} requests cut off`);
  },
  60_000 + KILLS * 30_000,
);
afterAll(() => rm(dataDir, { recursive: true, force: true }));

test(`after ${KILLS} kills in a storm every acknowledged file is there as it was, and nothing half-written shows`, () => {
  expect(report.broken).toEqual([]);
  expect(report.acknowledged).toBeGreaterThan(KILLS);
  expect(report.cut).toBeGreaterThan(0);
});

test('the sweep leaves neither a row without bytes nor bytes without a row', async () => {
  await sleep(LEASE);
  await ageFiles(join(dataDir, 'storage'), GRACE);
  await docket(dataDir, {}, 'cleanup');
  expect(await leftoversOf(dataDir)).toEqual({ rowsWithoutBytes: [], bytesWithoutRow: [], spool: [] });
}, 120_000);
