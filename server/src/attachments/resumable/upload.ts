import { type Selectable, sql } from 'kysely';
import type { Db } from '../../db/open.ts';
import type { UploadState, UploadTable } from '../../db/schema.ts';
import { isRefusalCode, Refusal } from '../../refusals.ts';
import type { Actor } from '../grant.ts';
import { ownUploadRow } from '../records.ts';
import type { Whereabouts } from '../store/stores.ts';
import type { OpenUpload, Target } from '../uploads.ts';

/** An upload that comes in pieces, as its owner may see it. */
export interface ResumableUpload {
  id: string;
  ownerId: string;
  state: Extract<UploadState, 'receiving' | 'ready' | 'attached'>;
  target: Target | undefined;
  fileName: string;
  description: string | null;
  /** Bytes that were announced, and how many of them are durable. */
  length: number;
  offset: number;
  /** `Upload-Metadata` as it came. */
  metadata: string;
  expiresAt: Date;
  /** Once it is on its ticket. */
  attachmentId: string | null;
  /** The storage key that the whole file will have. */
  key: string | null;
  at: Whereabouts;
}

/**
 * Somebody's own upload. Throws `upload_not_found` for one that is not theirs or is not resumable, `upload_gone` for one
 * that came to nothing, and for one that was refused its refusal, again.
 */
export async function ownUpload(db: Db, owner: Pick<Actor, 'id'>, id: string): Promise<ResumableUpload> {
  const row = await ownUploadRow(db, owner, id);
  if (row.upload_length === null) throw new Refusal('upload_not_found');
  return resumableUpload(row);
}

/** Those whose bytes are all there, but which nobody has finished: whoever was about to has died, or could not. */
export async function unfinishedUploads(db: Db): Promise<ResumableUpload[]> {
  const rows = await db
    .selectFrom('uploads')
    .selectAll()
    .where('state', '=', 'receiving')
    .whereRef('upload_offset', '=', 'upload_length')
    .where(sql<boolean>`coalesce(lease_until < now(), true)`)
    .execute();
  return rows.map(resumableUpload);
}

/** What the rest of the room calls an upload. */
export function openUploadOf(upload: ResumableUpload, by: Actor): OpenUpload {
  const { id, target, key, at } = upload;
  if (key === null) throw new Error(`upload ${id} is finished`);
  return { id, by, target, key, at };
}

function resumableUpload(row: Selectable<UploadTable>): ResumableUpload {
  const { id, state, refusal_code, upload_length, file_name, ticket_id, reply_id, internal } = row;
  if (state === 'refused' && isRefusalCode(refusal_code)) {
    throw new Refusal(refusal_code, row.refusal_details ?? {});
  }
  if (state === 'refused' || state === 'abandoned' || state === 'expired') throw new Refusal('upload_gone');
  if (upload_length === null || file_name === null) throw new Error(`upload ${id} is not resumable`);
  return {
    ...{ id, ownerId: row.owner_id, state },
    target: ticket_id === null ? undefined : { ticketId: ticket_id, replyId: reply_id, internal },
    ...{ fileName: file_name, description: row.description },
    ...{ length: upload_length, offset: row.upload_offset, metadata: row.upload_metadata ?? '' },
    ...{ expiresAt: row.expires_at, attachmentId: row.attachment_id, key: row.file_path },
    at: { storage: row.storage, key_id: row.key_id },
  };
}
