import type { Readable } from 'node:stream';
import type { Selectable } from 'kysely';
import type { AttachmentTable } from '../db/schema.ts';
import { Refusal } from '../refusals.ts';
import { record } from './events.ts';
import type { Grant } from './grant.ts';
import type { Parts } from './parts.ts';
import { type AttachmentRecord, attachmentRecord, uploaderName } from './records.ts';
import { type ByteRange, MissingObject } from './store/store.ts';
import { verified } from './verified.ts';

/** A file about to be sent: what is known of it, and its bytes when they are asked for. */
export interface OpenAttachment extends AttachmentRecord {
  /**
   * The bytes, or one range of them. A whole file is hashed as it goes and breaks off before its last chunk when the
   * hash is wrong, so that nobody takes changed bytes for the file. Throws `attachment_damaged` before the first
   * byte when the bytes are missing or of another size.
   */
  read(range?: ByteRange): Promise<Readable>;
}

/** The way out. */
export function createServing({ db, store, log }: Pick<Parts, 'db' | 'store' | 'log'>) {
  /** Throws `attachment_deleted` for a deleted file, to those who could have read it. */
  async function open(grant: Grant<'read'>): Promise<OpenAttachment> {
    const row = await db
      .selectFrom('ticket_attachments')
      .selectAll()
      .select(uploaderName)
      .where('id', '=', grant.attachmentId)
      .executeTakeFirst();
    if (!row) throw new Refusal('attachment_not_found');
    if (row.deleted_at) throw new Refusal('attachment_deleted', { file_name: row.file_name });

    return {
      ...attachmentRecord(row),
      async read(range) {
        const alarm = (problem: string, cause?: unknown) => {
          log.error({ alarm: 'integrity', attachment: row.id, key: row.file_path, err: cause }, problem);
          return new Refusal('attachment_damaged', {}, { cause });
        };
        const bytes = await openBytes(row, range);
        if (!bytes) throw alarm('a stored file is missing or has another size than its row says');
        await record(db, {
          ...{ event: 'downloaded', by: grant.by, ticketId: row.ticket_id, attachmentId: row.id },
          detail: { range: range ? `${range.start}-${range.end}` : null },
        });
        return range ? bytes : verified(bytes, row.sha256, () => alarm('a stored file has changed'));
      },
    };
  }

  /** The bytes may have moved to their ticket since the row was read: then the row knows where they are now. */
  async function openBytes(
    row: Pick<Selectable<AttachmentTable>, 'id' | 'file_path' | 'file_size'>,
    range: ByteRange | undefined,
  ): Promise<Readable | undefined> {
    const bytes = await openAt(row.file_path, row.file_size, range);
    if (bytes) return bytes;
    const now = await db
      .selectFrom('ticket_attachments')
      .select('file_path')
      .where('id', '=', row.id)
      .executeTakeFirst();
    if (!now || now.file_path === row.file_path) return undefined;
    return openAt(now.file_path, row.file_size, range);
  }

  async function openAt(
    key: string,
    size: number,
    range: ByteRange | undefined,
  ): Promise<Readable | undefined> {
    if ((await store.stat(key))?.size !== size) return undefined;
    return store.read(key, range).catch((error: unknown) => {
      if (error instanceof MissingObject) return undefined;
      throw error;
    });
  }

  return { open };
}
