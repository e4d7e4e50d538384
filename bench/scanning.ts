import { setTimeout as sleep } from 'node:timers/promises';
import { startClamd, withClamd } from '../server/test/support/clamd.ts';
import { type Candidate, type DocketCandidate, startDocket } from './candidates.ts';
import { median, quantile, upload } from './load.ts';

const SIZE = 100 * 1024;
const ROUNDS = 60;
/** Milliseconds between two looks for a verdict. */
const LOOK_EVERY = 5;

/** 100 KB to a Docket that scans and to one that does not, taking turns; and how soon the file is clean. */
export async function measureScanning(plain: DocketCandidate, parent: string): Promise<void> {
  if (!withClamd) return console.log('scanning: not measured, this needs ClamAV\n');
  const clamd = await startClamd();
  const scanning = await startDocket(parent, { CLAMD_SOCKET: clamd.socket });
  try {
    const times = { plain: [] as number[], scanning: [] as number[], verdict: [] as number[] };
    for (let round = -5; round < ROUNDS; round++) {
      const without = await uploadOne(plain, round);
      const withIt = await uploadOne(scanning, round);
      const verdict = await untilClean(scanning);
      if (round < 0) continue;
      times.plain.push(without);
      times.scanning.push(withIt);
      times.verdict.push(verdict);
    }
    const [before, after] = [median(times.plain), median(times.scanning)];
    console.log(
      `100 KB without a scanner ${before.toFixed(1)} ms, with one ${after.toFixed(1)} ms\n  ratio ${(after / before).toFixed(2)}`,
    );
    const late = quantile(times.verdict, 0.95);
    console.log(
      `clean ${median(times.verdict).toFixed(0)} ms after the 201 (95 of 100: ${late.toFixed(0)} ms)\n`,
    );
  } finally {
    await scanning.stop();
    await clamd.close();
  }
}

async function uploadOne(candidate: Candidate, round: number): Promise<number> {
  const content = Buffer.alloc(SIZE, `2026-11-22 10:00:0${round} printer: paper jam in tray 2\n`);
  return (await upload(candidate.upload(round + 5), content)).whole;
}

/** Milliseconds until nothing waits for its verdict. */
async function untilClean({ desk }: DocketCandidate): Promise<number> {
  const begun = performance.now();
  for (;;) {
    const waiting = await desk.services.db
      .selectFrom('ticket_attachments')
      .select('id')
      .where('virus_scan_status', '=', 'pending')
      .executeTakeFirst();
    if (!waiting) return performance.now() - begun;
    await sleep(LOOK_EVERY);
  }
}
