import type { Selectable } from 'kysely';
import type { Db } from '../db/open.ts';
import type { UploadTable } from '../db/schema.ts';
import { isRefusalCode, Refusal, type RefusalCode } from '../refusals.ts';
import type { Actor } from './grant.ts';
import { ownUploadRow, type StagedUpload, stagedUpload } from './records.ts';

interface Begun {
  id: string;
  /** Null while it has not come. */
  file_name: string | null;
  created_at: string;
}

/** What became of an upload, for its owner. */
export type UploadRecord =
  | StagedUpload
  | (Begun & {
      state: 'receiving';
      /** Bytes that are durable, and that were announced; null for a form, which goes on only as a whole. */
      upload_offset: number | null;
      upload_length: number | null;
      expires_at: string;
    })
  | (Begun & { state: 'attached'; attachment_id: string })
  | (Begun & { state: 'refused'; code: RefusalCode; detail: string })
  | (Begun & { state: 'expired' });

/** Somebody's own upload and what became of it. Throws `upload_not_found`, also for one that its owner gave up. */
export async function uploadRecord(db: Db, owner: Pick<Actor, 'id'>, id: string): Promise<UploadRecord> {
  return recordOf(await ownUploadRow(db, owner, id));
}

function recordOf(row: Selectable<UploadTable>): UploadRecord {
  const { id, state, file_name, attachment_id, refusal_code, upload_length } = row;
  const begun = { id, file_name, created_at: row.created_at.toISOString() };
  const expires_at = row.expires_at.toISOString();
  const isOver = row.expires_at.getTime() < Date.now();
  if (state === 'ready') return isOver ? { ...begun, state: 'expired' } : stagedUpload(row);
  if (state === 'receiving') {
    const upload_offset = upload_length === null ? null : row.upload_offset;
    return { ...begun, state, upload_offset, upload_length, expires_at };
  }
  if (state === 'attached' && attachment_id) return { ...begun, state, attachment_id };
  if (state === 'refused' && isRefusalCode(refusal_code)) {
    const { message } = new Refusal(refusal_code, row.refusal_details ?? {});
    return { ...begun, state, code: refusal_code, detail: message };
  }
  if (state === 'expired') return { ...begun, state };
  throw new Refusal('upload_not_found');
}
