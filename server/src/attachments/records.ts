import type { Selectable, Transaction } from 'kysely';
import type { Db } from '../db/open.ts';
import type { AttachmentTable, ScanStatus, Schema, UploadTable } from '../db/schema.ts';

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
  virus_scan_status: ScanStatus;
  created_at: string;
  deleted_at: string | null;
  released_at: string | null;
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

export function attachmentRecord(row: Selectable<AttachmentTable>): AttachmentRecord {
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
    virus_scan_status: row.virus_scan_status,
    created_at: row.created_at.toISOString(),
    deleted_at: row.deleted_at?.toISOString() ?? null,
    released_at: row.released_at?.toISOString() ?? null,
  };
}

/** A ready upload as its owner sees it. Throws when the row is not of one. */
export function stagedUpload(row: Selectable<UploadTable>): StagedUpload {
  const { file_name, file_size, mime_type, sha256, virus_scan_status } = row;
  if (row.state !== 'ready' || !file_name || !file_size || !mime_type || !sha256 || !virus_scan_status) {
    throw new Error(`upload ${row.id} is not ready`);
  }
  return {
    id: row.id,
    state: 'ready',
    file_name,
    file_size,
    mime_type,
    description: row.description,
    sha256,
    warnings: row.warnings,
    virus_scan_status,
    created_at: row.created_at.toISOString(),
    expires_at: row.expires_at.toISOString(),
  };
}
