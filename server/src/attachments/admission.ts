import { type CompiledQuery, type Selectable, sql, type Transaction, type Updateable } from 'kysely';
import { v7 as uuid } from 'uuid';
import { type IdempotencyKey, once } from '../db/idempotency.ts';
import { pipelined } from '../db/pipelined.ts';
import type { Schema, UploadTable } from '../db/schema.ts';
import { statement } from '../db/statement.ts';
import { Refusal } from '../refusals.ts';
import { recording } from './events.ts';
import type { Grant } from './grant.ts';
import type { Leases } from './lease.ts';
import type { Parts } from './parts.ts';
import { book, lockUploader } from './quota.ts';
import {
  type AttachmentRecord,
  attachmentRecord,
  insertAttachment,
  type StagedUpload,
  stagedUpload,
} from './records.ts';
import type { Reservations } from './reservations.ts';
import { scanJob } from './scan/queue.ts';
import type { StoredUpload, Uploads } from './uploads.ts';

type Trx = Transaction<Schema>;

const SETTLED = { lease_until: null, updated_at: sql<Date>`now()` };

/** What the uploader says beside the bytes, and the key that makes a repeat harmless. */
export interface Admission {
  description: string | null;
  idempotency?: IdempotencyKey | undefined;
}

export type AdmitUploads = ReturnType<typeof createAdmission>;

/** Stored bytes become a file that people have: on a ticket at once, or staged for one that is still being written. */
export function createAdmission(
  { db, scans }: Pick<Parts, 'db' | 'scans'>,
  reservations: Reservations,
  uploads: Uploads,
  leases: Leases,
) {
  /**
   * Puts a stored upload onto its ticket: when this resolves it is there for good. Throws the refusal when the
   * grant or the quota no longer holds. A repeat gets the first answer, and its own bytes are given up.
   */
  async function admit(
    grant: Grant<'attach'>,
    upload: StoredUpload,
    { description, idempotency }: Admission,
  ): Promise<AttachmentRecord> {
    const id = uuid();
    const admitted = await db.transaction().execute((trx) =>
      once(trx, idempotency, async () => {
        await grant.stillHolds(trx);
        await reservations.checkQuota(trx, upload, upload.fileSize);
        const { by, ticketId, replyId, internal } = grant;
        const attachment = {
          ...{ id, ticket_id: ticketId, reply_id: replyId, internal, uploaded_by: by.id, created_by: by.id },
          ...{ ...contentOf(upload), file_path: upload.key, description, place: 0 },
          ...{ virus_scan_timestamp: null, virus_scan_result: null },
        };
        const [[settled], , [row]] = await pipelined(trx, [
          settleAttached({ uploadId: upload.id, attachmentId: id }),
          book({ ticketId, internal, files: 1, size: upload.fileSize }),
          insertAttachment(attachment),
          recording({ event: 'uploaded', by, ticketId, attachmentId: id, detail: detailOf(upload) }),
          ...(await scanOf(id, upload)),
        ]);
        if (!settled || !row) throw new Refusal('upload_expired');
        return attachmentRecord(row);
      }),
    );
    await release(upload, admitted.id === id);
    return admitted;
  }

  /** Keeps a stored upload for its owner, on no ticket yet. Durable, refused and repeated as with `admit`. */
  async function stage(
    grant: Grant<'stage'>,
    upload: StoredUpload,
    { description, idempotency }: Admission,
  ): Promise<StagedUpload> {
    const staged = await db.transaction().execute((trx) =>
      once(trx, idempotency, async () => {
        await grant.stillHolds(trx);
        await pipelined(trx, [lockUploader({ userId: grant.by.id })]);
        await reservations.checkQuota(trx, upload, upload.fileSize);
        const [[row]] = await pipelined(trx, [
          settleReady(trx, upload.id, { ...contentOf(upload), description }),
          recording({ event: 'staged', by: grant.by, uploadId: upload.id, detail: detailOf(upload) }),
          ...(await scanOf(upload.id, upload)),
        ]);
        if (!row) throw new Refusal('upload_expired');
        return stagedUpload(row);
      }),
    );
    await release(upload, staged.id === upload.id);
    return staged;
  }

  async function release(upload: StoredUpload, isFirst: boolean): Promise<void> {
    leases.drop(upload.id);
    if (!isFirst) await uploads.abandon(upload);
  }

  /** What queues its scan, where there is a scanner. */
  async function scanOf(id: string, { fileSize: size }: StoredUpload): Promise<CompiledQuery[]> {
    return scans ? [await scans.sending(scanJob({ id, size }))] : [];
  }

  function contentOf(upload: StoredUpload) {
    return {
      file_name: upload.fileName,
      file_size: upload.fileSize,
      mime_type: upload.mimeType,
      sha256: upload.sha256,
      warnings: JSON.stringify(upload.warnings),
      ...upload.at,
      virus_scan_status: scans ? ('pending' as const) : ('skipped' as const),
    };
  }

  return { admit, stage };
}

/** Ends the receiving. Finds no row when the sweep has given it up in the meantime, its lease run out. */
const settleAttached = statement<{ uploadId: string; attachmentId: string }, { id: string }>((db, its) =>
  db
    .updateTable('uploads')
    .set({ state: 'attached', attachment_id: its('attachmentId'), file_path: null, ...SETTLED })
    .where('id', '=', its('uploadId'))
    .where('state', '=', 'receiving')
    .returning('id')
    .compile(),
);

/** The same, for one that waits for its ticket. */
function settleReady(
  trx: Trx,
  uploadId: string,
  content: Updateable<UploadTable>,
): CompiledQuery<Selectable<UploadTable>> {
  return trx
    .updateTable('uploads')
    .set({ ...content, state: 'ready', ...SETTLED })
    .where('id', '=', uploadId)
    .where('state', '=', 'receiving')
    .returningAll()
    .compile();
}

function detailOf({ fileName, fileSize, sha256 }: StoredUpload) {
  return { file_name: fileName, file_size: fileSize, sha256 };
}
