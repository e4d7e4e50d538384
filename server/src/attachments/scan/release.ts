import { sql } from 'kysely';
import type { ScanStatus } from '../../db/schema.ts';
import { Refusal } from '../../refusals.ts';
import { record } from '../events.ts';
import type { Grant } from '../grant.ts';
import type { Parts } from '../parts.ts';
import { type AttachmentRecord, attachmentRecord, names } from '../records.ts';
import { whyGone } from '../verdicts.ts';

/**
 * Gives a blocked file out after all, because somebody answers for it: the verdict stays as it is. Throws `not_blocked`
 * for a file that is not, or that was released already, and `forbidden` for one that only others may release.
 */
export async function release(
  { db }: Pick<Parts, 'db'>,
  grant: Grant<'release'>,
  reason: string,
): Promise<AttachmentRecord> {
  return db.transaction().execute(async (trx) => {
    await grant.stillHolds(trx);
    const file = await trx
      .selectFrom('ticket_attachments')
      .select(['ticket_id', 'file_name', 'virus_scan_status', 'released_at', 'deleted_at', 'purged_at'])
      .where('id', '=', grant.attachmentId)
      .forNoKeyUpdate()
      .executeTakeFirst();
    if (!file) throw new Refusal('attachment_not_found');
    const { file_name, virus_scan_status: verdict } = file;
    const gone = whyGone(file);
    if (gone) throw new Refusal(gone, { file_name });
    if (file.released_at || !BLOCKED.includes(verdict)) throw new Refusal('not_blocked', { file_name });
    if (!grant.releases.includes(verdict)) throw new Refusal('forbidden');
    const row = await trx
      .updateTable('ticket_attachments')
      .set({ released_at: sql<Date>`now()`, released_by: grant.by.id, release_reason: reason })
      .set({ updated_at: sql<Date>`now()` })
      .where('id', '=', grant.attachmentId)
      .returningAll()
      .returning(names)
      .executeTakeFirstOrThrow();
    await record(trx, {
      ...{ event: 'released', by: grant.by, ticketId: row.ticket_id, attachmentId: row.id },
      detail: { reason, verdict },
    });
    return attachmentRecord(row);
  });
}

/** What is held from others for good, until somebody releases it. */
export const BLOCKED: ScanStatus[] = ['infected', 'quarantined', 'unscannable'];
