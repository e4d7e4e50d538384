import { type CompiledQuery, sql } from 'kysely';
import { type JobPayloads, withoutJob } from '../../db/jobs.ts';
import type { Db } from '../../db/open.ts';
import { pipelined } from '../../db/pipelined.ts';

export type ScanJob = JobPayloads['scan'];

/** The statement that queues a scan, as part of a transaction: it runs at once when that commits. */
export type SendingScan = (job: ScanJob) => Promise<CompiledQuery>;

/** Bytes above which a file waits for the places of large ones. */
const LARGE = 8 * 1024 * 1024;
const BATCH = 500;

export function scanJob(file: { id: string; size: number }): ScanJob {
  return { fileId: file.id, size: file.size, share: file.size > LARGE ? 'large' : 'small' };
}

/** How many of each kind may ask for one of the scanner's places: large files leave some free, and so do second looks. */
export function placesOf(concurrency: number): Record<ScanJob['share'], number> {
  return { large: Math.max(1, Math.floor(concurrency / 2)), small: Math.max(1, concurrency - 1) };
}

/** Queues what waits for a verdict and has no job: the scanner was away, or a job was lost. Resolves to how many. */
export async function queueWaiting(db: Db, sending: SendingScan): Promise<number> {
  return db.transaction().execute(async (trx) => {
    const { rows } = await sql<{ id: string; size: number }>`
      SELECT id, file_size AS size FROM uploads
      WHERE state = 'ready' AND virus_scan_status = 'pending' AND ${withoutJob('scan', 'uploads.id')}
      UNION ALL
      SELECT id, file_size AS size FROM ticket_attachments
      WHERE virus_scan_status = 'pending' AND purged_at IS NULL AND ${withoutJob('scan', 'ticket_attachments.id')}
      ORDER BY size LIMIT ${BATCH}`.execute(trx);
    await pipelined(trx, await Promise.all(rows.map((file) => sending(scanJob(file)))));
    return rows.length;
  });
}
