import { type Selectable, sql, type Transaction } from 'kysely';
import type { Db } from '../db/open.ts';
import type { AttachmentTable, ScanStatus, Schema, UploadTable } from '../db/schema.ts';
import { statement } from '../db/statement.ts';
import { Refusal } from '../refusals.ts';

/** What people may know of an attachment, as the API names it. */
export interface AttachmentRecord {
  id: string;
  ticket_id: string;
  reply_id: string | null;
  file_name: string;
  file_size: number;
  mime_type: string;
  description: string | null;
  sha256: string;
  warnings: string[];
  uploaded_by: string;
  uploader: { id: string; name: string };
  virus_scan_status: ScanStatus;
  virus_scan_timestamp: string | null;
  /** What was found, or why it could not be looked for. */
  virus_scan_result: string | null;
  created_at: string;
  deleted_at: string | null;
  released_at: string | null;
  /** Who gave it out in spite of its verdict, and why. */
  released: Told | null;
  /** Who keeps it from being purged, and why. */
  legal_hold: Told | null;
}

/** What somebody has done to a file, and answers for. */
export interface Told {
  at: string;
  by: { id: string; name: string };
  reason: string;
}

/** A file that was deleted and can still be brought back. */
export interface DeletedRecord extends AttachmentRecord {
  deleted_at: string;
  deleted_by: { id: string; name: string };
}

/** What the owner may know of a staged upload. */
export interface StagedUpload {
  id: string;
  state: 'ready';
  file_name: string;
  file_size: number;
  mime_type: string;
  description: string | null;
  sha256: string;
  warnings: string[];
  virus_scan_status: ScanStatus;
  virus_scan_timestamp: string | null;
  virus_scan_result: string | null;
  created_at: string;
  expires_at: string;
}

/** Enough of an attachment to decide who may do what with it. */
export interface AttachmentLocation {
  id: string;
  ticket_id: string;
  reply_id: string | null;
  internal: boolean;
  uploaded_by: string;
  deleted_at: Date | null;
}

/** Where an attachment belongs, deleted ones too; undefined when there is none. */
export async function locateAttachment(
  db: Db | Transaction<Schema>,
  id: string,
): Promise<AttachmentLocation | undefined> {
  return db
    .selectFrom('ticket_attachments')
    .select(['id', 'ticket_id', 'reply_id', 'internal', 'uploaded_by', 'deleted_at'])
    .where('id', '=', id)
    .executeTakeFirst();
}

/** Selected or returned beside all columns of `ticket_attachments`: the names that screens show. */
export const names = [
  sql<string>`(SELECT name FROM users WHERE users.id = ticket_attachments.uploaded_by)`.as('uploader_name'),
  sql<string | null>`(SELECT name FROM users WHERE users.id = ticket_attachments.released_by)`.as(
    'releaser_name',
  ),
  sql<string | null>`(SELECT name FROM users WHERE users.id = ticket_attachments.held_by)`.as('holder_name'),
] as const;

export type AttachmentRow = Selectable<AttachmentTable> & {
  uploader_name: string;
  releaser_name: string | null;
  holder_name: string | null;
};

export function attachmentRecord(row: AttachmentRow): AttachmentRecord {
  return {
    id: row.id,
    ticket_id: row.ticket_id,
    reply_id: row.reply_id,
    file_name: row.file_name,
    file_size: row.file_size,
    mime_type: row.mime_type,
    description: row.description,
    sha256: row.sha256,
    warnings: row.warnings,
    uploaded_by: row.uploaded_by,
    uploader: { id: row.uploaded_by, name: row.uploader_name },
    ...scanOf(row),
    created_at: row.created_at.toISOString(),
    deleted_at: row.deleted_at?.toISOString() ?? null,
    released_at: row.released_at?.toISOString() ?? null,
    released: told(row.released_at, row.released_by, row.releaser_name, row.release_reason),
    legal_hold: told(row.held_at, row.held_by, row.holder_name, row.hold_reason),
  };
}

function scanOf({
  virus_scan_status,
  virus_scan_timestamp,
  virus_scan_result,
}: Pick<AttachmentRow, 'virus_scan_status' | 'virus_scan_timestamp' | 'virus_scan_result'>) {
  return {
    virus_scan_status,
    virus_scan_timestamp: virus_scan_timestamp?.toISOString() ?? null,
    virus_scan_result,
  };
}

function told(at: Date | null, by: string | null, name: string | null, reason: string | null): Told | null {
  if (!at || !by) return null;
  return { at: at.toISOString(), by: { id: by, name: name ?? '' }, reason: reason ?? '' };
}

/** A file that becomes part of its ticket. */
export type NewAttachment = Pick<
  Selectable<AttachmentTable>,
  | ('id' | 'ticket_id' | 'reply_id' | 'internal' | 'file_name' | 'file_path' | 'file_size' | 'mime_type')
  | ('sha256' | 'description' | 'storage' | 'key_id' | 'uploaded_by' | 'created_by')
  | ('virus_scan_status' | 'virus_scan_timestamp' | 'virus_scan_result')
> & {
  /** As JSON. */
  warnings: string;
  /** Which of those that come together it is, from 0: lists keep that order, a microsecond apart. */
  place: number;
};

/** Writes the row that makes a file part of its ticket. */
export const insertAttachment = statement<NewAttachment, AttachmentRow>((db, its) =>
  db
    .insertInto('ticket_attachments')
    .values({
      id: its('id'),
      ticket_id: its('ticket_id'),
      reply_id: its('reply_id'),
      internal: its('internal'),
      file_name: its('file_name'),
      file_path: its('file_path'),
      file_size: its('file_size'),
      mime_type: its('mime_type'),
      sha256: its('sha256'),
      description: its('description'),
      warnings: its('warnings'),
      storage: its('storage'),
      key_id: its('key_id'),
      virus_scan_status: its('virus_scan_status'),
      virus_scan_timestamp: its('virus_scan_timestamp'),
      virus_scan_result: its('virus_scan_result'),
      uploaded_by: its('uploaded_by'),
      created_by: its('created_by'),
      created_at: sql<Date>`now() + make_interval(secs => ${its('place')} * 0.000001)`,
    })
    .returningAll()
    .returning(names)
    .compile(),
);

/** Somebody's own upload, in whatever state. Throws `upload_not_found`. */
export async function ownUploadRow(
  db: Db,
  owner: { id: string },
  id: string,
): Promise<Selectable<UploadTable>> {
  const row = await db
    .selectFrom('uploads')
    .selectAll()
    .where('id', '=', id)
    .where('owner_id', '=', owner.id)
    .executeTakeFirst();
  if (!row) throw new Refusal('upload_not_found');
  return row;
}

/** What a ready upload holds. Throws when the row is not of one. */
export function readyContent(row: Selectable<UploadTable>) {
  const { file_name, file_size, mime_type, sha256, file_path, storage, virus_scan_status } = row;
  if (!file_name || !file_size || !mime_type || !sha256 || !file_path || !virus_scan_status) {
    throw new Error(`upload ${row.id} is not ready`);
  }
  const { key_id, virus_scan_timestamp, virus_scan_result } = row;
  return {
    ...{ file_name, file_size, mime_type, sha256, file_path, storage, key_id },
    ...{ virus_scan_status, virus_scan_timestamp, virus_scan_result },
  };
}

/** A ready upload as its owner sees it. */
export function stagedUpload(row: Selectable<UploadTable>): StagedUpload {
  const content = readyContent(row);
  const { file_name, file_size, mime_type, sha256 } = content;
  return {
    id: row.id,
    state: 'ready',
    file_name,
    file_size,
    mime_type,
    description: row.description,
    sha256,
    warnings: row.warnings,
    ...scanOf(content),
    created_at: row.created_at.toISOString(),
    expires_at: row.expires_at.toISOString(),
  };
}
