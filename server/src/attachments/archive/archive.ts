import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { ZipFile } from 'yazl';
import { Refusal } from '../../refusals.ts';
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

/** It broke, or it was given up for good since the list was made. */
type LeftOut = 'attachment_damaged' | 'attachment_purged';

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
    for (const [index, row] of rows.entries()) {
      if (gone.aborted) return;
      const name = names[index] ?? row.id;
      const leftOut = whyHeld(grant.by.id, row) ?? (await add(zip, grant, row, name, gone));
      entries.push({ name, fileName: row.file_name, sha256: row.sha256, leftOut });
    }
    const at = new Date();
    zip.addBuffer(Buffer.from(manifestOf(title, at, entries)), MANIFEST, { mtime: at });
    zip.end();
  }

  /** Resolves when the file is in, or to why it is not; rejects where only half of it is. */
  async function add(
    zip: ZipFile,
    { by }: Grant<'list'>,
    row: AttachmentRow,
    name: string,
    gone: AbortSignal,
  ): Promise<LeftOut | undefined> {
    const leftOut = await whyLeftOut(row, gone);
    if (leftOut) return leftOut;
    const bytes = await serving.bytesOf(row);
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

  /** Reads the whole file once before it goes into the archive, from which it could not be taken out again. */
  async function whyLeftOut(row: AttachmentRow, gone: AbortSignal): Promise<LeftOut | undefined> {
    try {
      const bytes = await serving.bytesOf(row);
      for await (const _ of bytes) if (gone.aborted) break;
      return undefined;
    } catch (error) {
      const code = error instanceof Refusal ? error.code : undefined;
      if (code === 'attachment_damaged') {
        log.warn({ attachment: row.id }, 'a damaged file was left out of an archive');
        return code;
      }
      if (code === 'attachment_purged') return code;
      throw error;
    }
  }

  return { pack };
}
