import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { ZipFile } from 'yazl';
import { Refusal, type RefusalCode } from '../../refusals.ts';
import { record } from '../events.ts';
import type { Grant } from '../grant.ts';
import { seenOn } from '../listing.ts';
import type { Parts } from '../parts.ts';
import type { AttachmentRow } from '../records.ts';
import type { Serving } from '../serving.ts';
import { whyHeld } from '../verdicts.ts';
import { entryNames } from './entry-names.ts';
import { MANIFEST, type ManifestEntry, manifestOf } from './manifest.ts';

/** What deflating makes smaller; the other types are packed already. */
const LOOSE = ['text/', 'application/msword', 'application/vnd.ms-excel', 'application/vnd.ms-powerpoint'];

const STORED = 0;
/** The default level makes logs a little smaller and the wait several times longer. */
const QUICK = 1;

/** It broke, or since its turn came it was given up or found to do harm. */
const LEFT_OUT: ReadonlySet<RefusalCode> = new Set([
  ...(['attachment_damaged', 'attachment_deleted', 'attachment_purged'] as const),
  ...(['infected', 'unscannable', 'scan_pending'] as const),
]);

/** All files of a ticket as one zip, as a stream that holds one piece of one file at a time. */
export function createArchive({ db, log }: Pick<Parts, 'db' | 'log'>, serving: Serving) {
  /**
   * The files that the grant shows, oldest first, and a manifest under this title. What is held, missing or damaged is
   * left out, and the manifest says so. A file that turns out broken half-way breaks the stream: an archive that
   * arrives whole is whole.
   */
  async function pack(grant: Grant<'list'>, title: string): Promise<Readable> {
    const rows = await seenOn(db, grant).orderBy('created_at').orderBy('id').execute();
    const zip = new ZipFile();
    // Typed as any stream there is; it is the one that Node knows.
    const archive = zip.outputStream as Readable;
    zip.on('error', (error) => archive.destroy(error));
    const gone = new AbortController();
    archive.once('close', () => gone.abort());
    fill(zip, grant, title, rows, gone.signal).catch((error: Error) => archive.destroy(error));
    return archive;
  }

  async function fill(
    zip: ZipFile,
    grant: Grant<'list'>,
    title: string,
    rows: AttachmentRow[],
    gone: AbortSignal,
  ): Promise<void> {
    const names = entryNames(
      rows.map((row) => row.file_name),
      [MANIFEST],
    );
    const entries: ManifestEntry[] = [];
    for (const [index, listed] of rows.entries()) {
      if (gone.aborted) return;
      const name = names[index] ?? listed.id;
      const leftOut = await addAsItIs(zip, grant, listed.id, name, gone);
      entries.push({ name, fileName: listed.file_name, sha256: listed.sha256, leftOut });
    }
    const at = new Date();
    zip.addBuffer(Buffer.from(manifestOf(title, at, entries)), MANIFEST, { mtime: at });
    zip.end();
  }

  /** By what holds when its turn comes: an archive may take hours, and a verdict a moment. */
  async function addAsItIs(
    zip: ZipFile,
    grant: Grant<'list'>,
    id: string,
    name: string,
    gone: AbortSignal,
  ): Promise<RefusalCode | undefined> {
    const row = await seenOn(db, grant).where('id', '=', id).executeTakeFirst();
    if (!row) return 'attachment_deleted';
    return whyHeld(grant.by.id, row) ?? add(zip, grant, row, name, gone);
  }

  /** Resolves when the file is in, or to why it is not; rejects where only half of it is. */
  async function add(
    zip: ZipFile,
    { by }: Grant<'list'>,
    row: AttachmentRow,
    name: string,
    gone: AbortSignal,
  ): Promise<RefusalCode | undefined> {
    const bytes = await looked(row, by.id, gone);
    if (typeof bytes === 'string') return bytes;
    try {
      await record(db, {
        ...{ event: 'downloaded', by, ticketId: row.ticket_id, attachmentId: row.id },
        detail: { range: null, packed: 'zip' },
      });
      const compressionLevel = LOOSE.some((type) => row.mime_type.startsWith(type)) ? QUICK : STORED;
      zip.addReadStream(bytes, name, { mtime: row.created_at, compressionLevel, size: row.file_size });
      await finished(bytes, { signal: gone });
      return undefined;
    } finally {
      bytes.destroy();
    }
  }

  /**
   * The bytes, read once from end to end before they go into the archive, from which they could not be taken out again;
   * or why they do not.
   */
  async function looked(
    row: AttachmentRow,
    reader: string,
    gone: AbortSignal,
  ): Promise<Readable | RefusalCode> {
    try {
      for await (const _ of await serving.bytesOf(row, reader)) gone.throwIfAborted();
      return await serving.bytesOf(row, reader);
    } catch (error) {
      const code = error instanceof Refusal ? error.code : undefined;
      if (!code || !LEFT_OUT.has(code)) throw error;
      if (code === 'attachment_damaged')
        log.warn({ attachment: row.id }, 'a damaged file was left out of an archive');
      return code;
    }
  }

  return { pack };
}
