import { randomUUID } from 'node:crypto';
import { sql, type Transaction } from 'kysely';
import { createReturns, type Spool, type Stores } from '../attachments/index.ts';
import type { ConnectTo } from '../db/open.ts';
import type { Schema } from '../db/schema.ts';
import { openSession } from '../db/session.ts';
import { ahead } from './ahead.ts';
import { BackupRefused } from './errors.ts';
import type { Manifest, ObjectEntry } from './manifest.ts';
import { type Backup, isMissing, openBackup } from './reading.ts';
import { fill, requireEmpty, requireKnown } from './target.ts';

export interface RestoreParts {
  to: ConnectTo;
  stores: Stores;
  spool: Spool;
}

export interface Restored {
  manifest: Manifest;
  /** Files of the backup that are not as they were written any more. */
  damaged: string[];
  /** Files that were missing already when it was made. */
  lost: number;
}

/** Hears how far it is, and at what. */
export type Tell = (what: 'files' | 'tables', done: number, total: number) => void;

/** Files on their way at once. */
const WIDTH = 4;

/**
 * Puts a backup into an empty database and the store of new files: the bytes first, each read back, and then all rows
 * in one transaction. Whenever that is cut short, the database is still empty, and the next restore finds the bytes that
 * are there already. Throws BackupRefused with nothing changed; and when files of the backup are damaged, unless it is to
 * go on `without` them.
 */
export async function restore(
  { to, stores, spool }: RestoreParts,
  path: string,
  without: { damaged: boolean },
  tell: Tell,
): Promise<Restored> {
  const backup = await openBackup(path);
  const { manifest } = backup;
  requireKnown(manifest.migrations);
  requireKeys(manifest, stores);
  await using session = await openSession(to);
  await requireEmpty(session.db);

  const found = await putFiles(backup, createReturns({ stores, spool }), tell);
  if (found.damaged.length > 0 && !without.damaged) throw new BackupRefused(damage(found.damaged));
  await fill(session, {
    ...manifest,
    rows: ({ name }) => backup.table(name),
    async adapt(trx) {
      await letGo(trx, found, manifest.taken_at);
      await settle(trx, stores.here.storage);
    },
    tell: (done, total) => tell('tables', done, total),
  });
  return { manifest, damaged: found.damaged, lost: manifest.files.problems };
}

/** What the rows cannot stay as they are for. */
interface Found {
  damaged: string[];
  /** Of uploads whose bytes are not there: they begin anew. */
  uploads: Set<string>;
  /** Of attachments that were purged while the backup was made. */
  purged: string[];
  /** Whose rows say another key than they are under now. */
  resealed: { kind: ObjectEntry['kind']; from: string; key: string; key_id: string | null }[];
}

async function putFiles(
  backup: Backup,
  returns: ReturnType<typeof createReturns>,
  tell: Tell,
): Promise<Found> {
  const found: Found = { damaged: [], uploads: new Set(), purged: [], resealed: [] };
  const { kept } = backup.manifest.files;
  let done = 0;
  tell('files', done, kept);
  const put = async (entry: ObjectEntry) => {
    const { state } = entry;
    const isThere =
      state.is === 'kept' &&
      (await returns.put(state.key, state.file, () => readable(backup, state.file.sha256)));
    return { ...entry, isThere };
  };
  for await (const { kind, id, key, state, isThere } of ahead(backup.objects(), WIDTH, put)) {
    if (!isThere && kind !== 'attachment') found.uploads.add(id);
    if (state.is === 'gone' && kind === 'attachment') found.purged.push(id);
    if (state.is !== 'kept') continue;
    if (!isThere) found.damaged.push(key);
    if (state.resealed) found.resealed.push({ kind, from: key, key: state.key, key_id: state.key_id });
    done += 1;
    tell('files', done, kept);
  }
  return found;
}

/** Bytes that are not there, or that the disk does not give any more, are other bytes. */
async function* readable(backup: Backup, sha256: string): AsyncGenerator<Uint8Array> {
  try {
    yield* backup.object(sha256);
  } catch (error) {
    if (!isMissing(error) && !isUnreadable(error)) throw error;
  }
}

function isUnreadable(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EIO';
}

const TABLES = {
  attachment: 'ticket_attachments',
  upload: 'uploads',
  segment: 'upload_segments',
} as const;

async function letGo(
  trx: Transaction<Schema>,
  { uploads, purged, resealed }: Found,
  takenAt: string,
): Promise<void> {
  if (uploads.size > 0) await sql`DELETE FROM uploads WHERE id = ANY(${[...uploads]})`.execute(trx);
  if (purged.length > 0) await purge(trx, purged, takenAt);
  for (const { kind, from, key, key_id } of resealed) {
    const table = sql.table(TABLES[kind]);
    await sql`UPDATE ${table} SET file_path = ${key}, key_id = ${key_id} WHERE file_path = ${from}`.execute(
      trx,
    );
  }
}

/** As it happened while the backup was made. */
async function purge(trx: Transaction<Schema>, ids: string[], takenAt: string): Promise<void> {
  await sql`
    UPDATE attachment_totals SET file_count = file_count - files, total_size = total_size - size
    FROM (
      SELECT ticket_id, internal, count(*) AS files, sum(file_size) AS size FROM ticket_attachments
      WHERE id = ANY(${ids}) AND deleted_at IS NULL GROUP BY ticket_id, internal
    ) AS live
    WHERE attachment_totals.ticket_id = live.ticket_id AND attachment_totals.internal = live.internal`.execute(
    trx,
  );
  await sql`
    UPDATE ticket_attachments SET purged_at = ${takenAt}, deleted_at = coalesce(deleted_at, ${takenAt}::timestamptz)
    WHERE id = ANY(${ids})`.execute(trx);
}

/** The bytes are in the store of new files now, wherever they were, and on the disk where the configuration says. */
async function settle(trx: Transaction<Schema>, storage: string): Promise<void> {
  for (const table of Object.values(TABLES)) {
    await sql`UPDATE ${sql.table(table)} SET storage = ${storage} WHERE storage <> ${storage}`.execute(trx);
  }
  await sql`
    INSERT INTO file_storage_config (id, storage_type, base_path, max_file_size, allowed_mime_types)
    SELECT ${randomUUID()}, storage_type, NULL, max_file_size, allowed_mime_types
    FROM (SELECT * FROM file_storage_config ORDER BY version DESC LIMIT 1) AS newest
    WHERE base_path IS NOT NULL`.execute(trx);
}

/** Sealed files come back sealed: without their keys nobody could read them. */
function requireKeys({ files }: Manifest, stores: Stores): void {
  for (const key_id of files.key_ids) {
    try {
      stores.at({ ...stores.here, key_id });
    } catch (error) {
      throw new BackupRefused(
        `Files of this backup are sealed under the key ${key_id}, which is not set here.`,
        { cause: error },
      );
    }
  }
}

function damage(keys: string[]): string {
  const some = keys.slice(0, 10).join(', ');
  const more = keys.length > 10 ? ` and ${keys.length - 10} more` : '';
  return `Files of this backup are not as they were written: ${some}${more}. The database is still empty. Use another backup, or --without-damaged.`;
}
