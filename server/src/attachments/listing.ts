import type { NotNull } from 'kysely';
import type { Db } from '../db/open.ts';
import type { ScanStatus } from '../db/schema.ts';
import type { Grant } from './grant.ts';
import { type AttachmentRecord, attachmentRecord, type DeletedRecord, names } from './records.ts';

export interface ListFilter {
  mime_type?: string;
  uploaded_by?: string;
  virus_scan_status?: ScanStatus;
  on?: 'ticket' | 'replies';
  reply_id?: string;
}

export interface Page {
  skip: number;
  limit: number;
}

/**
 * A page of a ticket's live files that this grant may see, newest first; how many there are; and how many deleted
 * ones `listDeleted` has.
 */
export async function listAttachments(
  db: Db,
  grant: Grant<'list'>,
  wanted: ListFilter,
  { skip, limit }: Page,
): Promise<{ data: AttachmentRecord[]; total: number; deleted_total: number }> {
  let matching = liveOn(db, grant);
  if (wanted.on) matching = matching.where('reply_id', wanted.on === 'ticket' ? 'is' : 'is not', null);
  if (wanted.reply_id) matching = matching.where('reply_id', '=', wanted.reply_id);
  if (wanted.mime_type) matching = matching.where('mime_type', '=', wanted.mime_type);
  if (wanted.uploaded_by) matching = matching.where('uploaded_by', '=', wanted.uploaded_by);
  if (wanted.virus_scan_status) {
    matching = matching.where('virus_scan_status', '=', wanted.virus_scan_status);
  }
  const [totals, rows] = await Promise.all([
    db
      .selectNoFrom([
        matching.select((of) => of.fn.countAll<number>().as('files')).as('total'),
        restorableOn(db, grant)
          .select((of) => of.fn.countAll<number>().as('files'))
          .as('deleted_total'),
      ])
      .$narrowType<{ total: NotNull; deleted_total: NotNull }>()
      .executeTakeFirstOrThrow(),
    newestFirst(matching).offset(skip).limit(limit).execute(),
  ]);
  return { data: rows.map(attachmentRecord), ...totals };
}

/** All live files that this grant may see, newest first. */
export async function listAll(db: Db, grant: Grant<'list'>): Promise<AttachmentRecord[]> {
  const rows = await newestFirst(liveOn(db, grant)).execute();
  return rows.map(attachmentRecord);
}

/** A page of the ticket's deleted files that the holder of this grant may bring back, last deleted first; and how many there are. */
export async function listDeleted(
  db: Db,
  grant: Grant<'list'>,
  { skip, limit }: Page,
): Promise<{ data: DeletedRecord[]; total: number }> {
  const matching = restorableOn(db, grant);
  const [{ total }, rows] = await Promise.all([
    matching.select((of) => of.fn.countAll<number>().as('total')).executeTakeFirstOrThrow(),
    matching
      .innerJoin('users as deleter', 'deleter.id', 'deleted_by')
      .selectAll('ticket_attachments')
      .select(names)
      .select('deleter.name as deleter_name')
      .$narrowType<{ deleted_at: Date; deleted_by: string }>()
      .orderBy('deleted_at', 'desc')
      .orderBy('ticket_attachments.id', 'desc')
      .offset(skip)
      .limit(limit)
      .execute(),
  ]);
  const data = rows.map((row) => ({
    ...attachmentRecord(row),
    deleted_at: row.deleted_at.toISOString(),
    deleted_by: { id: row.deleted_by, name: row.deleter_name },
  }));
  return { data, total };
}

function liveOn(db: Db, grant: Grant<'list'>) {
  return seenBy(db, grant).where('deleted_at', 'is', null);
}

/** As far as `restore` would have them back. */
function restorableOn(db: Db, grant: Grant<'list'>) {
  return seenBy(db, grant)
    .where('deleted_at', 'is not', null)
    .where('purged_at', 'is', null)
    .$if(!grant.restoresAny, (files) => files.where('uploaded_by', '=', grant.by.id));
}

function seenBy(db: Db, grant: Grant<'list'>) {
  return db
    .selectFrom('ticket_attachments')
    .where('ticket_id', '=', grant.ticketId)
    .$if(!grant.seesInternal, (files) => files.where('internal', '=', false))
    .$if(grant.replyId !== null, (files) => files.where('reply_id', '=', grant.replyId));
}

function newestFirst(files: ReturnType<typeof liveOn>) {
  return files.selectAll().select(names).orderBy('created_at', 'desc').orderBy('id', 'desc');
}

/** The rows of a ticket's live files that this grant may see, in no order. */
export function seenOn(db: Db, grant: Grant<'list'>) {
  return liveOn(db, grant).selectAll().select(names);
}

/** The live files of each of these replies, in the order they were attached. `db` may be a transaction. */
export async function ofReplies(db: Db, replyIds: string[]): Promise<Map<string, AttachmentRecord[]>> {
  const byReply = new Map<string, AttachmentRecord[]>();
  if (replyIds.length === 0) return byReply;
  const rows = await db
    .selectFrom('ticket_attachments')
    .selectAll()
    .select(names)
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
