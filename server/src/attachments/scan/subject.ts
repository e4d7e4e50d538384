import { type Selectable, sql, type Transaction } from 'kysely';
import type { Db } from '../../db/open.ts';
import type { AttachmentTable, ScanStatus, Schema } from '../../db/schema.ts';

/** A file to be looked at, on a ticket or staged: by the id that it keeps on its way from the one to the other. */
export type Subject = Pick<
  Selectable<AttachmentTable>,
  | ('id' | 'file_path' | 'storage' | 'key_id' | 'file_size' | 'sha256' | 'warnings')
  | ('virus_scan_status' | 'virus_scan_result' | 'scan_attempts')
>;

const COLUMNS = [
  'id',
  'file_path',
  'storage',
  'key_id',
  'file_size',
  'sha256',
  'warnings',
  'virus_scan_status',
  'virus_scan_result',
  'scan_attempts',
] as const;

/** Undefined for what is gone: discarded, expired or purged. */
export async function subjectOf(db: Db, fileId: string): Promise<Subject | undefined> {
  const staged = await db
    .selectFrom('uploads')
    .select(COLUMNS)
    .where('id', '=', fileId)
    .where('state', '=', 'ready')
    .$narrowType<Subject>()
    .executeTakeFirst();
  // In this order: a file goes from the first table to the second, never back.
  return (
    staged ??
    (await db
      .selectFrom('ticket_attachments')
      .select(COLUMNS)
      .where('id', '=', fileId)
      .where('purged_at', 'is', null)
      .executeTakeFirst())
  );
}

export interface Change {
  virus_scan_status?: ScanStatus;
  virus_scan_result?: string | null;
  scan_attempts?: number;
  file_path?: string;
}

/**
 * Changes a file wherever it is by now, if it is still as `was` says. Resolves to whether it was, and its ticket. A
 * claim that runs meanwhile comes first.
 */
export async function changeSubject(
  trx: Transaction<Schema>,
  fileId: string,
  was: Partial<Pick<Subject, 'virus_scan_status' | 'file_path'>>,
  change: Change,
): Promise<{ ticket_id: string | null } | undefined> {
  const scanned = change.virus_scan_status && { virus_scan_timestamp: sql<Date>`now()` };
  const set = { ...change, ...scanned, updated_at: sql<Date>`now()` };
  const staged = await trx
    .updateTable('uploads')
    .set(set)
    .where('id', '=', fileId)
    .where('state', '=', 'ready')
    .where((row) => row.and(was))
    .returning('ticket_id')
    .executeTakeFirst();
  return (
    staged ??
    (await trx
      .updateTable('ticket_attachments')
      .set(set)
      // Somebody released another verdict than this.
      .$if(change.virus_scan_status === 'infected', (row) =>
        row.set({ released_at: null, released_by: null, release_reason: null }),
      )
      .where('id', '=', fileId)
      .where('purged_at', 'is', null)
      .where((row) => row.and(was))
      .returning('ticket_id')
      .executeTakeFirst())
  );
}
