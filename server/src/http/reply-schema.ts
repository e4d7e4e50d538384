import { Type } from 'typebox';
import { AttachmentSchema } from './attachment-json.ts';
import { Id, listQuery, named, Person, Timestamp, text } from './schemas.ts';
import { UploadIds } from './ticket-schema.ts';

export const ReplySchema = named('Reply', {
  id: Id,
  ticket_id: Id,
  author: Person,
  body: Type.String({ description: 'Markdown (CommonMark), as it was written.' }),
  internal: Type.Boolean({ description: 'For agents and admins only.' }),
  attachments: Type.Array(AttachmentSchema),
  created_at: Timestamp,
});

export const NewReplyBody = Type.Object(
  {
    body: { ...text(0, 65_536), description: 'Markdown. May be blank where files come with the reply.' },
    internal: Type.Optional(Type.Boolean({ description: 'Only agents and admins may write and see it.' })),
    upload_ids: Type.Optional(UploadIds),
  },
  { additionalProperties: false },
);

export const ReplyQuery = listQuery({});
