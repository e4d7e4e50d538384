import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Candidate, DocketCandidate } from './candidates.ts';
import { download, median, quantile, type Target, together, upload } from './load.ts';

const ROUNDS = 5;
/** What one round sends, so that a round takes about a second at any size. */
const PER_ROUND = 300 * 1024 * 1024;
const MB = 1_000_000;

function countFor(size: number, clients: number): number {
  return Math.max(clients, Math.min(clients === 1 ? 100 : 200, Math.floor(PER_ROUND / size)));
}

/** The candidates take turns; each turn is one figure of throughput, each upload one of latency. */
export async function measureUploads(candidates: Candidate[], size: number, clients: number): Promise<void> {
  const content = Buffer.alloc(size, '2026-11-22 10:00:00 printer: paper jam in tray 2, the third today\n');
  const figures = candidates.map((candidate) => ({ candidate, rate: [] as number[], tail: [] as number[] }));
  for (let round = -1; round < ROUNDS; round++) {
    for (const { candidate, rate, tail } of figures) {
      const count = countFor(size, clients);
      const seconds = await together(clients, count, async (turn) => {
        const timing = await upload(candidate.upload(turn), content);
        if (round >= 0) tail.push(timing.tail);
      });
      if (round >= 0) rate.push((count * size) / MB / seconds);
    }
  }
  for (const { candidate, rate, tail } of figures) {
    console.log(
      `upload ${label(size)} x${clients}  ${candidate.name.padEnd(13)} ${median(rate).toFixed(0).padStart(5)} MB/s   ` +
        `last byte to 201: median ${median(tail).toFixed(1)} ms, 99 % ${quantile(tail, 0.99).toFixed(1)} ms`,
    );
  }
  const [ours, theirs] = figures;
  if (ours && theirs) console.log(`  ratio ${(median(ours.rate) / median(theirs.rate)).toFixed(2)}\n`);
}

const DOWNLOAD_SIZE = 50_000_000;
const DOWNLOADS = 8;

export async function measureDownload(
  docket: DocketCandidate,
  bare: Candidate & { url: string; folder: string },
) {
  const content = Buffer.alloc(DOWNLOAD_SIZE, '2026-11-22 10:00:00 printer: paper jam in tray 2\n');
  await writeFile(join(bare.folder, 'large.txt'), content);
  const ours: Target = { url: await attachLarge(docket, content), headers: docket.headers };
  const theirs: Target = { url: `${bare.url}/large.txt`, headers: {} };
  for (const clients of [1, 8]) {
    const rates = { ours: [] as number[], theirs: [] as number[] };
    for (let round = -1; round < ROUNDS; round++) {
      for (const [rate, target] of [
        [rates.ours, ours],
        [rates.theirs, theirs],
      ] as const) {
        const seconds = await together(clients, DOWNLOADS * clients, async () => {
          if ((await download(target)) !== DOWNLOAD_SIZE) throw new Error('a download was cut');
        });
        if (round >= 0) rate.push((DOWNLOADS * clients * DOWNLOAD_SIZE) / MB / seconds);
      }
    }
    const [us, them] = [median(rates.ours), median(rates.theirs)];
    console.log(
      `download 50 MB x${clients}  Docket ${us.toFixed(0)} MB/s, @fastify/static ${them.toFixed(0)} MB/s\n  ratio ${(us / them).toFixed(2)}\n`,
    );
  }
}

async function attachLarge(docket: DocketCandidate, content: Buffer): Promise<string> {
  const form = new FormData();
  form.set('file', new Blob([new Uint8Array(content)]), 'large.txt');
  const { url } = docket.upload(0);
  const response = await fetch(url, { method: 'POST', body: form, headers: docket.headers });
  const json: unknown = await response.json();
  if (typeof json !== 'object' || json === null || !('id' in json)) throw new Error(JSON.stringify(json));
  return `${docket.url}/api/v1/attachments/${json.id}/download`;
}

function label(size: number): string {
  return size < 1_048_576 ? `${size / 1024} KB` : `${size / 1_048_576} MB`;
}
