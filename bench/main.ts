import { mkdir, rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { withCeph } from '../server/test/support/ceph.ts';
import { startBare, startDocket } from './candidates.ts';
import { measureLists } from './lists.ts';
import { measureResumable } from './resumable.ts';
import { measureS3 } from './s3.ts';
import { measureScanning } from './scanning.ts';
import { measureDownload, measureUploads } from './transfers.ts';

/** `npm run bench`: one run, the candidates taking turns, medians and ratios. docs/performance.md says what it means. */
const parent = join(process.cwd(), 'data', 'bench');
await mkdir(parent, { recursive: true });
const docket = await startDocket(parent);
const bare = await startBare(parent);
console.log(`Node ${process.version}, ${availableParallelism()} cores\n`);
try {
  for (const size of [10_240, 102_400, 5_242_880, 52_428_800]) {
    for (const clients of [1, 8]) await measureUploads([docket, bare], size, clients);
  }
  await measureResumable(docket);
  await measureDownload(docket, bare);
  await measureScanning(docket, parent);
  await measureLists(docket);
  if (withCeph) await measureS3(parent);
} finally {
  await bare.stop();
  await docket.stop();
  await rm(parent, { recursive: true, force: true });
}
process.exit();
