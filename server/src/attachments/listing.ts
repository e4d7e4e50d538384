import type { Db } from '../db/open.ts';
import type { ScanStatus } from '../db/schema.ts';
import type { Grant } from './grant.ts';
import { type AttachmentRecord, attachmentRecord, uploaderName } from './records.ts';

export interface ListFilter {
  mime_type?: string;
  uploaded_by?: string;
  virus_scan_status?: ScanStatus;
  on?: 'ticket' | 'replies';
  reply_id?: string;
}

/** A ticket's live files that this grant may see, newest first: a page of them, or all; and how many there are. */
export async function listAttachments(
  db: Db,
  grant: Grant<'list'>,
  wanted: ListFilter,
  page?: { skip: number; limit: number },
): Promise<{ data: AttachmentRecord[]; total: number }> {
  let matching = liveOn(db, grant);
  if (wanted.on) matching = matching.where('reply_id', wanted.on === 'ticket' ? 'is' : 'is not', null);
  if (wanted.reply_id) matching = matching.where('reply_id', '=', wanted.reply_id);
  if (wanted.mime_type) matching = matching.where('mime_type', '=', wanted.mime_type);
  if (wanted.uploaded_by) matching = matching.where('uploaded_by', '=', wanted.uploaded_by);
  if (wanted.virus_scan_status) {
    matching = matching.where('virus_scan_status', '=', wanted.virus_scan_status);
  }
  const newest = matching
    .selectAll()
    .select(uploaderName)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc');
  if (!page) {
    const rows = await newest.execute();
    return { data: rows.map(attachmentRecord), total: rows.length };
  }
  const [{ total }, rows] = await Promise.all([
    matching.select((of) => of.fn.countAll<number>().as('total')).executeTakeFirstOrThrow(),
    newest.offset(page.skip).limit(page.limit).execute(),
  ]);
  return { data: rows.map(attachmentRecord), total };
}

function liveOn(db: Db, grant: Grant<'list'>) {
  return db
    .selectFrom('ticket_attachments')
    .where('ticket_id', '=', grant.ticketId)
    .where('deleted_at', 'is', null)
    .$if(!grant.seesInternal, (files) => files.where('internal', '=', false))
    .$if(grant.replyId !== null, (files) => files.where('reply_id', '=', grant.replyId));
}

/** The rows of a ticket's live files that this grant may see, in no order. */
export function seenOn(db: Db, grant: Grant<'list'>) {
  return liveOn(db, grant).selectAll().select(uploaderName);
}

/** The live files of each of these replies, in the order they were attached. `db` may be a transaction. */
export async function ofReplies(db: Db, replyIds: string[]): Promise<Map<string, AttachmentRecord[]>> {
  const byReply = new Map<string, AttachmentRecord[]>();
  if (replyIds.length === 0) return byReply;
  const rows = await db
    .selectFrom('ticket_attachments')
    .selectAll()
    .select(uploaderName)
    .where('reply_id', 'in', replyIds)
    .where('deleted_at', 'is', null)
    .orderBy('created_at')
    .orderBy('id')
    .execute();
  for (const row of rows) {
    if (!row.reply_id) continue;
    byReply.set(row.reply_id, [...(byReply.get(row.reply_id) ?? []), attachmentRecord(row)]);
  }
  return byReply;
}
