import { Type } from 'typebox';
import type { AttachmentRecord } from '../attachments/index.ts';
import { SCAN_STATUSES } from '../db/schema.ts';
import type { Access } from '../helpdesk/access.ts';
import type { Caller } from '../helpdesk/caller.ts';
import { Id, Person, Timestamp } from './schemas.ts';

/** What is known of the content of a file, on a ticket or staged. */
export const CONTENT = {
  file_name: Type.String(),
  file_size: Type.Integer({ description: 'Bytes' }),
  mime_type: Type.String(),
  description: Type.Union([Type.String(), Type.Null()]),
  sha256: Type.String({ description: 'Hex' }),
  warnings: Type.Array(Type.String(), { description: 'What to be careful about, as codes' }),
  virus_scan_status: Type.Enum([...SCAN_STATUSES]),
};

export const AttachmentSchema = Type.Object({
  id: Id,
  ticket_id: Id,
  reply_id: Type.Union([Id, Type.Null()]),
  ...CONTENT,
  uploaded_by: Id,
  uploader: Person,
  created_at: Timestamp,
  can: Type.Object(
    {
      download: Type.Boolean(),
      preview: Type.Boolean(),
      edit: Type.Boolean(),
      delete: Type.Boolean(),
      restore: Type.Boolean(),
      release: Type.Boolean(),
    },
    { description: 'What the caller may do with it now' },
  ),
});

/** An attachment as one caller sees it. */
export function attachmentJson(access: Access, caller: Caller, record: AttachmentRecord) {
  const { deleted_at: _, released_at: __, ...shown } = record;
  return { ...shown, can: access.can(caller, record) };
}
export type AttachmentJson = ReturnType<typeof attachmentJson>;
