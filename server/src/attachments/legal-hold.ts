import { sql, type Transaction } from 'kysely';
import type { Db } from '../db/open.ts';
import type { Schema } from '../db/schema.ts';
import { Refusal } from '../refusals.ts';
import { record } from './events.ts';
import type { Grant } from './grant.ts';
import { type AttachmentRecord, attachmentRecord, names } from './records.ts';

/** A legal hold keeps a file, deleted or not, from being purged by whomever, until it is lifted. */
export function createLegalHold(db: Db) {
  /** Holds a file, or gives its hold another reason. Throws `attachment_purged` where it comes too late. */
  async function hold(grant: Grant<'hold'>, reason: string): Promise<AttachmentRecord> {
    const change = { held_at: sql<Date>`now()`, held_by: grant.by.id, hold_reason: reason };
    return db.transaction().execute(async (trx) => {
      await grant.stillHolds(trx);
      await trx
        .updateTable('ticket_attachments')
        .set(change)
        .where('id', '=', grant.attachmentId)
        .where('purged_at', 'is', null)
        .execute();
      const row = await read(trx, grant.attachmentId);
      const about = { by: grant.by, ticketId: row.ticket_id, attachmentId: row.id };
      await record(trx, { event: 'held', ...about, detail: { reason } });
      return attachmentRecord(row);
    });
  }

  /** Nothing to do where there is none. */
  async function liftHold(grant: Grant<'hold'>, reason: string): Promise<AttachmentRecord> {
    return db.transaction().execute(async (trx) => {
      await grant.stillHolds(trx);
      const lifted = await trx
        .updateTable('ticket_attachments')
        .set({ held_at: null, held_by: null, hold_reason: null })
        .where('id', '=', grant.attachmentId)
        .where('held_at', 'is not', null)
        .returning('ticket_id')
        .executeTakeFirst();
      if (lifted) {
        const about = { by: grant.by, ticketId: lifted.ticket_id, attachmentId: grant.attachmentId };
        await record(trx, { event: 'hold_lifted', ...about, detail: { reason } });
      }
      return attachmentRecord(await read(trx, grant.attachmentId));
    });
  }

  return { hold, liftHold };
}

async function read(trx: Transaction<Schema>, id: string) {
  const row = await trx
    .selectFrom('ticket_attachments')
    .selectAll()
    .select(names)
    .where('id', '=', id)
    .executeTakeFirst();
  if (!row) throw new Refusal('attachment_not_found');
  if (row.purged_at) throw new Refusal('attachment_purged', { file_name: row.file_name });
  return row;
}
