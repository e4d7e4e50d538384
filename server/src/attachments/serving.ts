import { once } from 'node:events';
import type { Readable } from 'node:stream';
import type { Selectable } from 'kysely';
import type { Db } from '../db/open.ts';
import type { AttachmentTable } from '../db/schema.ts';
import { Refusal } from '../refusals.ts';
import { contentDisposition } from './content-disposition.ts';
import { record } from './events.ts';
import type { Grant } from './grant.ts';
import { INLINE } from './hashing.ts';
import type { Parts } from './parts.ts';
import { type AttachmentRecord, type AttachmentRow, attachmentRecord, names } from './records.ts';
import { type ByteRange, DamagedObject, MissingObject } from './store/store.ts';
import { isSamePlace, type Located } from './store/stores.ts';
import { type Verdict, whyGone, whyHeld } from './verdicts.ts';
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
  /**
   * An address at its store that is good for a minute, for whoever downloads it as a file; undefined where there are
   * none, or where the bytes are not in order: then `read` says what is wrong.
   */
  link(): Promise<string | undefined>;
}

const CHANGED = 'a stored file has changed';

/** Seconds for which a link is good: time to follow it, not to pass it on. */
const LINK_SECONDS = 60;

export type Serving = ReturnType<typeof createServing>;

/** The way out. */
export function createServing({
  db,
  stores,
  directDownloads,
  hashing,
  log,
}: Pick<Parts, 'db' | 'stores' | 'directDownloads' | 'hashing' | 'log'>) {
  /** Throws what `servedRow` does. `event` is what the audit calls it when the bytes are read. */
  async function open(
    grant: Grant<'read'>,
    event: 'downloaded' | 'previewed' = 'downloaded',
  ): Promise<OpenAttachment> {
    const row = await servedRow(db, grant);
    const about = { event, by: grant.by, ticketId: row.ticket_id, attachmentId: row.id };
    const heard = (range: string | null) => record(db, { ...about, detail: { range } });
    return {
      ...attachmentRecord(row),
      check: () => check(row, grant.by.id),
      async link() {
        const find = (at: Located) => linkTo(row, at);
        const link = directDownloads ? await whereItIs(row, grant.by.id, find) : undefined;
        if (link !== undefined) await heard(null);
        return link;
      },
      async read(range) {
        const bytes = await bytesOf(row, grant.by.id, range);
        try {
          await heard(range ? `${range.start}-${range.end}` : null);
          return bytes;
        } catch (error) {
          bytes.destroy();
          throw error;
        }
      },
    };
  }

  async function check(row: Stored, reader: string): Promise<void> {
    if (!(await whereItIs(row, reader, (at) => isWhole(at, row.file_size)))) throw lost(row);
  }

  /**
   * The bytes as `OpenAttachment.read` gives them to `reader`, a person's id; null for whoever gets nothing that is held
   * from anybody. The audit hears nothing of it.
   */
  async function bytesOf(row: Stored, reader: string | null, range?: ByteRange): Promise<Readable> {
    const bytes = await whereItIs(row, reader, (at) => openAt(row, at, range));
    if (!bytes) throw lost(row);
    // Also when it is found out later, in the middle: then the stream breaks off.
    bytes.once('error', (error) => error instanceof DamagedObject && alarm(row, CHANGED));
    try {
      await once(bytes, 'readable');
      return bytes;
    } catch (error) {
      bytes.destroy();
      throw error instanceof DamagedObject ? new Refusal('attachment_damaged') : error;
    }
  }

  function lost(row: Stored): Refusal {
    return alarm(row, 'a stored file is missing or has another size than its row says');
  }

  function alarm(row: Stored, problem: string): Refusal {
    log.error({ alarm: 'integrity', attachment: row.id, key: row.file_path }, problem);
    return new Refusal('attachment_damaged');
  }

  /** What `look` finds where the row says; since it was read they may have moved, be held now, or be gone for good. */
  async function whereItIs<Found>(
    row: Stored,
    reader: string | null,
    look: (at: Located) => Promise<Found | undefined>,
  ): Promise<Found | undefined> {
    const found = await look(row);
    if (found) return found;
    const now = await db
      .selectFrom('ticket_attachments')
      .select(['file_path', 'storage', 'key_id', 'file_name', 'uploaded_by'])
      .select(['deleted_at', 'purged_at', 'virus_scan_status', 'released_at'])
      .where('id', '=', row.id)
      .executeTakeFirst();
    if (!now) return undefined;
    refuseKept(now, reader);
    return isSamePlace(now, row) ? undefined : look(now);
  }

  async function isWhole(at: Located, size: number): Promise<boolean> {
    return (await stores.at(at).stat(at.file_path))?.size === size;
  }

  async function linkTo(row: AttachmentRow, at: Located): Promise<string | undefined> {
    const store = stores.at(at);
    if (!store.presign || !(await isWhole(at, row.file_size))) return undefined;
    const headers = {
      contentType: row.mime_type,
      contentDisposition: contentDisposition(row.file_name, 'attachment'),
    };
    return store.presign(at.file_path, headers, LINK_SECONDS);
  }

  async function openAt(row: Stored, at: Located, range?: ByteRange): Promise<Readable | undefined> {
    if (!(await isWhole(at, row.file_size))) return undefined;
    try {
      return await (range ? stores.at(at).read(at.file_path, range) : openWhole(row, at));
    } catch (error) {
      if (error instanceof MissingObject) return undefined;
      throw error instanceof DamagedObject ? alarm(row, CHANGED) : error;
    }
  }

  async function openWhole(row: Stored, at: Located): Promise<Readable> {
    const store = stores.at(at);
    const file = row.file_size > INLINE ? await store.open?.(at.file_path) : undefined;
    try {
      return verified(await store.read(at.file_path), {
        sha256: row.sha256,
        hash: hashing.of(file?.fd),
        file,
        alarm: () => alarm(row, CHANGED),
      });
    } catch (error) {
      await file?.close();
      throw error;
    }
  }

  return { open, bytesOf };
}

/** What of a row says where the bytes are, and what they are. */
type Stored = Pick<
  Selectable<AttachmentTable>,
  'id' | 'file_path' | 'storage' | 'key_id' | 'file_size' | 'sha256'
>;

/** Seconds after which a scan may be over. */
const SCAN_SECONDS = 5;

/**
 * The row of a file whose bytes may be given out. Throws `attachment_deleted` or `attachment_purged` for a deleted file, to those who could have
 * read it, and what `whyHeld` says of one that its verdict keeps from them.
 */
export async function servedRow(db: Db, grant: Grant<'read'>): Promise<AttachmentRow> {
  const row = await db
    .selectFrom('ticket_attachments')
    .selectAll()
    .select(names)
    .where('id', '=', grant.attachmentId)
    .executeTakeFirst();
  if (!row) throw new Refusal('attachment_not_found');
  refuseKept(row, grant.by.id);
  return row;
}

type Kept = Parameters<typeof whyGone>[0] & Verdict & { file_name: string };

/** Throws why nobody, or not this reader, gets the file. */
function refuseKept(row: Kept, reader: string | null): void {
  const { file_name } = row;
  const gone = whyGone(row);
  if (gone) throw new Refusal(gone, { file_name });
  const held = whyHeld(reader, row);
  if (held)
    throw new Refusal(held, { file_name, ...(held === 'scan_pending' && { retry_after: SCAN_SECONDS }) });
}
