import { Type } from 'typebox';
import type { AttachmentRecord, BlockedRecord, DeletedRecord } from '../attachments/index.ts';
import { SCAN_STATUSES } from '../db/schema.ts';
import type { Access } from '../helpdesk/access.ts';
import { type Caller, isStaff } from '../helpdesk/caller.ts';
import { choice, Id, LegalHold, listOf, named, nullable, Person, Timestamp } from './schemas.ts';

/** What is known of the content of a file, on a ticket or staged. */
export const CONTENT = {
  file_name: Type.String(),
  file_size: Type.Integer({ description: 'In bytes.' }),
  mime_type: Type.String({ description: 'As its content shows, whatever the client said.' }),
  description: nullable(Type.String()),
  sha256: Type.String({ description: 'Of the bytes, in hexadecimal.' }),
  warnings: Type.Array(Type.String(), { description: 'What to be careful about, as codes.' }),
  virus_scan_status: choice(SCAN_STATUSES),
  virus_scan_timestamp: nullable(Timestamp),
  virus_scan_result: nullable(
    Type.String({ description: 'What was found, or why nobody could look into it.' }),
  ),
};

export const AttachmentSchema = named('Attachment', {
  id: Id,
  ticket_id: Id,
  reply_id: nullable(Id),
  ...CONTENT,
  uploaded_by: Id,
  uploader: Person,
  created_at: Timestamp,
  released_at: nullable({
    ...Timestamp,
    description: 'When it was given out in spite of its verdict; null where it was not.',
  }),
  released: nullable(
    Type.Object(
      { at: Timestamp, by: Person, reason: Type.String() },
      { description: 'Who gave it out in spite of its verdict, and why; for agents and admins.' },
    ),
  ),
  legal_hold: LegalHold,
  can: Type.Object(
    {
      download: Type.Boolean(),
      preview: Type.Boolean(),
      thumbnail: Type.Boolean(),
      edit: Type.Boolean(),
      delete: Type.Boolean(),
      restore: Type.Boolean(),
      release: Type.Boolean(),
      rescan: Type.Boolean(),
      hold: Type.Boolean(),
    },
    { description: 'What the caller may do with it now.' },
  ),
});

export const BlockedAttachmentSchema = named('BlockedAttachment', {
  ...AttachmentSchema.properties,
  ticket: Type.Object({ id: Id, number: Type.Integer(), subject: Type.String() }),
});

export const DeletedAttachmentSchema = named('DeletedAttachment', {
  ...AttachmentSchema.properties,
  deleted_at: Timestamp,
  deleted_by: Person,
});

/** A page of a ticket's files. */
export const AttachmentPageSchema = Type.Object({
  ...listOf(AttachmentSchema).properties,
  deleted_total: Type.Integer({
    description: 'How many deleted files of the ticket the caller can restore.',
  }),
});

/** An attachment as one caller sees it. */
export function attachmentJson(access: Access, caller: Caller, record: AttachmentRecord) {
  const { deleted_at: _, released, legal_hold, ...shown } = record;
  const forStaff = isStaff(caller) ? { released, legal_hold } : { released: null, legal_hold: null };
  return { ...shown, ...forStaff, can: access.can(caller, record) };
}

export function deletedAttachmentJson(access: Access, caller: Caller, record: DeletedRecord) {
  const { deleted_at, deleted_by } = record;
  return { ...attachmentJson(access, caller, record), deleted_at, deleted_by };
}

export function blockedAttachmentJson(access: Access, caller: Caller, record: BlockedRecord) {
  return { ...attachmentJson(access, caller, record), ticket: record.ticket };
}

export type AttachmentJson = ReturnType<typeof attachmentJson>;
