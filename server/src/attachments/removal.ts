import { type Selectable, sql, type Transaction } from 'kysely';
import type { Db } from '../db/open.ts';
import { pipelined } from '../db/pipelined.ts';
import type { AttachmentTable, Schema } from '../db/schema.ts';
import { Refusal } from '../refusals.ts';
import { record } from './events.ts';
import type { Grant } from './grant.ts';
import type { Limits } from './limits.ts';
import { book, refuseOnTicket, sum, ticketLedger } from './quota.ts';
import { type AttachmentRecord, attachmentRecord, names } from './records.ts';

/** The end of a file, and the way back. */
export function createRemoval({ db, limits }: { db: Db; limits: Limits }) {
  /** Soft: the bytes stay, the place on the ticket is free at once. */
  async function remove(grant: Grant<'delete'>): Promise<void> {
    await db.transaction().execute(async (trx) => {
      await grant.stillHolds(trx);
      const row = await trx
        .updateTable('ticket_attachments')
        .set({ deleted_at: sql<Date>`now()`, deleted_by: grant.by.id, updated_at: sql<Date>`now()` })
        .where('id', '=', grant.attachmentId)
        .where('deleted_at', 'is', null)
        .returningAll()
        .executeTakeFirst();
      if (!row) throw new Refusal('attachment_not_found');
      const ledger = { ticketId: row.ticket_id, internal: row.internal };
      const off = { files: -1, size: -row.file_size };
      await pipelined(trx, [...ticketLedger(ledger), book({ ...ledger, ...off })]);
      await record(trx, { event: 'deleted', by: grant.by, ticketId: row.ticket_id, attachmentId: row.id });
    });
  }

  /**
   * Takes a deletion back while the bytes are there: its place on the ticket may be gone, which throws
   * `ticket_files_exceeded` or `ticket_size_exceeded`. Nothing to do for a live file. Throws `attachment_not_found` for
   * one that is purged.
   */
  async function restore(grant: Grant<'restore'>): Promise<AttachmentRecord> {
    return db.transaction().execute(async (trx) => {
      await grant.stillHolds(trx);
      const row = await lockUnpurged(trx, grant.attachmentId);
      if (row.deleted_at) {
        await takePlace(trx, row);
        await record(trx, { event: 'restored', by: grant.by, ticketId: row.ticket_id, attachmentId: row.id });
      }
      return attachmentRecord({ ...row, deleted_at: null });
    });
  }

  async function lockUnpurged(trx: Transaction<Schema>, id: string) {
    const row = await trx
      .selectFrom('ticket_attachments')
      .selectAll()
      .select(names)
      .where('id', '=', id)
      .where('purged_at', 'is', null)
      .forNoKeyUpdate()
      .executeTakeFirst();
    if (!row) throw new Refusal('attachment_not_found');
    return row;
  }

  async function takePlace(trx: Transaction<Schema>, row: Selectable<AttachmentTable>): Promise<void> {
    const place = { ticketId: row.ticket_id, internal: row.internal };
    const more = { files: 1, size: row.file_size };
    const held = sum((await pipelined(trx, ticketLedger(place))).flat());
    const refusal = refuseOnTicket(held, more, limits);
    if (refusal) throw refusal;
    const restored = trx
      .updateTable('ticket_attachments')
      .set({ deleted_at: null, deleted_by: null, updated_at: sql<Date>`now()` })
      .where('id', '=', row.id);
    await pipelined(trx, [book({ ...place, ...more }), restored.compile()]);
  }

  return { remove, restore };
}
