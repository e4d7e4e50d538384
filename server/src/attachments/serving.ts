import type { Readable } from 'node:stream';
import { Refusal } from '../refusals.ts';
import { record } from './events.ts';
import type { Grant } from './grant.ts';
import type { Parts } from './parts.ts';
import { type AttachmentRecord, attachmentRecord } from './records.ts';
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
        const stored = await store.stat(row.file_path);
        if (stored?.size !== row.file_size) {
          throw alarm(
            stored ? 'a stored file has another size than its row says' : 'a stored file is missing',
          );
        }
        const bytes = await store.read(row.file_path, range).catch((error: unknown) => {
          throw error instanceof MissingObject ? alarm('a stored file is missing', error) : error;
        });
        const detail = { range: range ? `${range.start}-${range.end}` : null };
        await record(db, {
          ...{ event: 'downloaded', by: grant.by, ticketId: row.ticket_id, attachmentId: row.id, detail },
        });
        if (range) return bytes;
        return verified(bytes, row.sha256, () => alarm('a stored file has changed'));
      },
    };
  }

  return { open };
}
