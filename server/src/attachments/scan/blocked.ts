import type { Db } from '../../db/open.ts';
import type { Grant } from '../grant.ts';
import type { Page } from '../listing.ts';
import { type AttachmentRecord, attachmentRecord, names } from '../records.ts';
import { BLOCKED } from './release.ts';

/** A file that nobody gets, and where it is. */
export interface BlockedRecord extends AttachmentRecord {
  ticket: { id: string; number: number; subject: string };
}

/** A page of the blocked files of all tickets, the last judged first: not those that were released or deleted. */
export async function listBlocked(
  db: Db,
  _: Grant<'list_blocked'>,
  { skip, limit }: Page,
): Promise<{ data: BlockedRecord[]; total: number }> {
  const blocked = db
    .selectFrom('ticket_attachments')
    .where('virus_scan_status', 'in', BLOCKED)
    .where('deleted_at', 'is', null)
    .where('released_at', 'is', null);
  const [{ total }, rows] = await Promise.all([
    blocked.select((of) => of.fn.countAll<number>().as('total')).executeTakeFirstOrThrow(),
    blocked
      .innerJoin('tickets', 'tickets.id', 'ticket_id')
      .selectAll('ticket_attachments')
      .select(names)
      .select(['tickets.number as ticket_number', 'tickets.subject as ticket_subject'])
      .orderBy('virus_scan_timestamp', (by) => by.desc().nullsLast())
      .orderBy('ticket_attachments.id', 'desc')
      .offset(skip)
      .limit(limit)
      .execute(),
  ]);
  const data = rows.map((row) => ({
    ...attachmentRecord(row),
    ticket: { id: row.ticket_id, number: row.ticket_number, subject: row.ticket_subject },
  }));
  return { data, total };
}
