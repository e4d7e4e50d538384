import { once } from 'node:events';
import type { Readable } from 'node:stream';
import type { Selectable } from 'kysely';
import type { AttachmentTable } from '../db/schema.ts';
import { Refusal } from '../refusals.ts';
import { record } from './events.ts';
import type { Grant } from './grant.ts';
import type { Parts } from './parts.ts';
import { type AttachmentRecord, attachmentRecord, uploaderName } from './records.ts';
import { type ByteRange, MissingObject } from './store/store.ts';
import { whyHeld } from './verdicts.ts';
import { verified } from './verified.ts';

/** A file about to be sent: what is known of it, and its bytes when they are asked for. */
export interface OpenAttachment extends AttachmentRecord {
  /** Throws `attachment_damaged` when the bytes are missing or of another size. */
  check(): Promise<void>;
  /**
   * The bytes, or one range of them, the first of them at hand. A whole file is hashed as it goes and breaks off
   * before its last chunk when the hash is wrong, so that nobody takes changed bytes for the file; one that is a
   * single chunk, or that fails `check`, throws `attachment_damaged` instead.
   */
  read(range?: ByteRange): Promise<Readable>;
}

/** The way out. */
export function createServing({ db, store, log }: Pick<Parts, 'db' | 'store' | 'log'>) {
  /**
   * Throws `attachment_deleted` for a deleted file, to those who could have read it, and what `whyHeld` says of one that
   * its verdict keeps from them. `event` is what the audit calls it when the bytes are read.
   */
  async function open(
    grant: Grant<'read'>,
    event: 'downloaded' | 'previewed' = 'downloaded',
  ): Promise<OpenAttachment> {
    const row = await db
      .selectFrom('ticket_attachments')
      .selectAll()
      .select(uploaderName)
      .where('id', '=', grant.attachmentId)
      .executeTakeFirst();
    if (!row) throw new Refusal('attachment_not_found');
    if (row.deleted_at) throw new Refusal('attachment_deleted', { file_name: row.file_name });
    requireServed(grant.by.id, row);

    const alarm = (problem: string) => {
      log.error({ alarm: 'integrity', attachment: row.id, key: row.file_path }, problem);
      return new Refusal('attachment_damaged');
    };
    const lost = () => alarm('a stored file is missing or has another size than its row says');

    return {
      ...attachmentRecord(row),
      async check() {
        if (!(await whereItIs(row, (key) => isWhole(key, row.file_size)))) throw lost();
      },
      async read(range) {
        const stored = await whereItIs(row, (key) => openAt(key, row.file_size, range));
        if (!stored) throw lost();
        const bytes = range ? stored : verified(stored, row.sha256, () => alarm('a stored file has changed'));
        try {
          await once(bytes, 'readable');
          await record(db, {
            ...{ event, by: grant.by, ticketId: row.ticket_id, attachmentId: row.id },
            detail: { range: range ? `${range.start}-${range.end}` : null },
          });
          return bytes;
        } catch (error) {
          bytes.destroy();
          throw error;
        }
      },
    };
  }

  /** What `look` finds where the row says; the bytes may have moved to their ticket since it was read. */
  async function whereItIs<Found>(
    row: Pick<Selectable<AttachmentTable>, 'id' | 'file_path'>,
    look: (key: string) => Promise<Found | undefined>,
  ): Promise<Found | undefined> {
    const found = await look(row.file_path);
    if (found) return found;
    const now = await db
      .selectFrom('ticket_attachments')
      .select('file_path')
      .where('id', '=', row.id)
      .executeTakeFirst();
    return now && now.file_path !== row.file_path ? look(now.file_path) : undefined;
  }

  async function isWhole(key: string, size: number): Promise<boolean> {
    return (await store.stat(key))?.size === size;
  }

  async function openAt(
    key: string,
    size: number,
    range: ByteRange | undefined,
  ): Promise<Readable | undefined> {
    if (!(await isWhole(key, size))) return undefined;
    return store.read(key, range).catch((error: unknown) => {
      if (error instanceof MissingObject) return undefined;
      throw error;
    });
  }

  return { open };
}

/** Seconds after which a scan may be over. */
const SCAN_SECONDS = 5;

function requireServed(personId: string, row: Selectable<AttachmentTable>): void {
  const held = whyHeld(personId, row);
  if (!held) return;
  throw new Refusal(held, {
    file_name: row.file_name,
    ...(held === 'scan_pending' && { retry_after: SCAN_SECONDS }),
  });
}
