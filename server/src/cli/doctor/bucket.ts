import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { Store } from '../../attachments/index.ts';
import type { Config } from '../../config.ts';
import type { Check } from '../../scanner-check.ts';
import { storesOf } from '../../storage.ts';

const name = 'bucket';
const TEXT = 'docket doctor';

/** Whether files can be put into the bucket, read, listed and removed. Nothing to say where none is set. */
export async function checkBucket(config: Config): Promise<Check[]> {
  const store = storesOf(config, config.dataDir).find((one) => one.name === 's3');
  if (!config.s3 || !store) return [];
  const { bucket, endpoint, region } = config.s3;
  try {
    await tryOut(store);
    return [{ name, state: 'ok', found: `Files can be put into ${bucket}, read, listed and removed.` }];
  } catch (error) {
    return [
      {
        name,
        state: 'problem',
        found: `${bucket} at ${endpoint ?? `Amazon, ${region}`} is of no use: ${reasonOf(error)}`,
        advice:
          'Look at DOCKET_S3_BUCKET, DOCKET_S3_ENDPOINT, DOCKET_S3_REGION and the credentials, which need the rights that docs/operating.md names.',
      },
    ];
  }
}

/** With an object of its own, in a folder that nobody sweeps or reads. */
async function tryOut(store: Store): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'docket-doctor-'));
  const key = `doctor/${randomUUID()}`;
  try {
    await writeFile(join(folder, 'probe'), TEXT);
    await store.put(key, join(folder, 'probe'));
    const back = await buffer(await store.read(key));
    if (back.toString() !== TEXT) throw new Error('it answers with other bytes than were put.');
    const listed = await Array.fromAsync(store.list('doctor/', new Date(Date.now() + 60_000)));
    if (!listed.some((one) => one.key === key)) throw new Error('it does not list what was put.');
    await store.remove(key);
    if (await store.stat(key)) throw new Error('it keeps what was removed.');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What the bucket's server said, below the words for users. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (!(cause instanceof Error)) return String(cause);
  return cause.message && cause.message !== cause.name ? `${cause.name}: ${cause.message}` : cause.name;
}
