import { type Selectable, sql, type Transaction } from 'kysely';
import { pipelined } from '../db/pipelined.ts';
import type { AttachmentTable, ScanStatus, Schema } from '../db/schema.ts';
import { Refusal } from '../refusals.ts';
import { record } from './events.ts';
import type { Grant } from './grant.ts';
import type { Parts } from './parts.ts';
import { book, refuseOnTicket, sum, ticketLedger } from './quota.ts';
import { type AttachmentRecord, attachmentRecord, names } from './records.ts';
import { forEach } from './upkeep/each.ts';
import { removeBytes } from './upkeep/purge.ts';

/** What nobody may have need not be deleted first to be purged. */
const MALWARE: ScanStatus[] = ['infected', 'quarantined'];

/** The end of a file, and the way back. */
export function createRemoval({ db, stores, limits, log }: Pick<Parts, 'db' | 'stores' | 'limits' | 'log'>) {
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
      await giveUpPlace(trx, row);
      await record(trx, { event: 'deleted', by: grant.by, ticketId: row.ticket_id, attachmentId: row.id });
    });
  }

  /**
   * Takes a deletion back while the bytes are there: its place on the ticket may be gone, which throws
   * `ticket_files_exceeded` or `ticket_size_exceeded`. Nothing to do for a live file. Throws `attachment_purged` for one
   * that is.
   */
  async function restore(grant: Grant<'restore'>): Promise<AttachmentRecord> {
    return db.transaction().execute(async (trx) => {
      await grant.stillHolds(trx);
      const row = await lock(trx, grant.attachmentId);
      if (row.purged_at) throw new Refusal('attachment_purged', { file_name: row.file_name });
      if (row.deleted_at) {
        await takePlace(trx, row);
        await record(trx, { event: 'restored', by: grant.by, ticketId: row.ticket_id, attachmentId: row.id });
      }
      return attachmentRecord({ ...row, deleted_at: null });
    });
  }

  /**
   * Gives up a deleted file, or one that holds malware, at once and for good: its bytes go, its row stays. Throws
   * `attachment_purged`, `not_purgeable`, or `legal_hold` where one keeps the file or its ticket.
   */
  async function purge(grant: Grant<'purge'>, reason: string): Promise<void> {
    const purged = await db.transaction().execute(async (trx) => {
      await grant.stillHolds(trx);
      const row = await lock(trx, grant.attachmentId);
      const { file_name, ticket_id: ticketId } = row;
      if (row.purged_at) throw new Refusal('attachment_purged', { file_name });
      if (!row.deleted_at && !MALWARE.includes(row.virus_scan_status)) {
        throw new Refusal('not_purgeable', { file_name });
      }
      if (row.held_at || row.ticket_held_at) throw new Refusal('legal_hold', { file_name });
      const by = grant.by;
      const deleted = row.deleted_at ? {} : { deleted_at: sql<Date>`now()`, deleted_by: by.id };
      await trx
        .updateTable('ticket_attachments')
        .set({ purged_at: sql<Date>`now()`, purged_by: by.id, purge_reason: reason, ...deleted })
        .set({ updated_at: sql<Date>`now()` })
        .where('id', '=', row.id)
        .execute();
      if (!row.deleted_at) await giveUpPlace(trx, row);
      const detail = { why: 'admin', reason };
      await record(trx, { event: 'purged', by, ticketId, attachmentId: row.id, detail });
      return row;
    });
    // Where that fails, the next sweep does it.
    await forEach([{ attachment: purged.id }], log, async () => {
      await removeBytes({ db, stores }, purged);
    });
  }

  async function lock(trx: Transaction<Schema>, id: string) {
    const row = await trx
      .selectFrom('ticket_attachments')
      .innerJoin('tickets', 'tickets.id', 'ticket_id')
      .selectAll('ticket_attachments')
      .select(names)
      .select('tickets.held_at as ticket_held_at')
      .where('ticket_attachments.id', '=', id)
      .forNoKeyUpdate(['ticket_attachments'])
      .executeTakeFirst();
    if (!row) throw new Refusal('attachment_not_found');
    return row;
  }

  async function giveUpPlace(trx: Transaction<Schema>, row: Selectable<AttachmentTable>): Promise<void> {
    const ledger = { ticketId: row.ticket_id, internal: row.internal };
    const off = { files: -1, size: -row.file_size };
    await pipelined(trx, [...ticketLedger(ledger), book({ ...ledger, ...off })]);
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

  return { remove, restore, purge };
}
