import { sql } from 'kysely';
import { inPages } from '../../db/pages.ts';
import type { Parts } from '../parts.ts';
import { HAS_ENDED, segmentsOf } from '../resumable/segments.ts';
import type { Located } from '../store/stores.ts';
import { givenUp, isOver } from './expiry.ts';
import { removable } from './orphans.ts';
import { overdue, withBytes } from './purge.ts';
import { infectedFiles } from './quarantine.ts';
import { allStaged } from './rehome.ts';
import { deadSpoolFiles } from './spool.ts';
import type { Swept } from './sweep.ts';
import { unmade } from './thumbnails.ts';

/** One thing that a whole sweep would do now. */
export interface Planned {
  kind: keyof Swept;
  /** Of the upload or the attachment. */
  id?: string;
  file_name?: string | null;
  store?: string;
  key?: string;
  /** In bytes. */
  size: number;
}

/** What a whole sweep would do now, thing by thing; changes nothing. */
export async function* plan(parts: Parts): AsyncGenerator<Planned> {
  yield* uploads(parts);
  yield* purges(parts);
  const { db, spool } = parts;
  for (const name of await deadSpoolFiles(parts)) {
    yield { kind: 'spool_files', id: name, size: await spool.sizeOf(name) };
  }
  for await (const { id, file_size, storage, file_path } of allStaged(db)) {
    yield { kind: 'moved_files', id, store: storage, key: file_path, size: file_size };
  }
  for await (const { id, file_size } of infectedFiles(db)) {
    yield { kind: 'quarantined_files', id, size: file_size ?? 0 };
  }
  for await (const { store, key, size } of removable(parts)) {
    yield { kind: 'orphans', store: store.name, key, size };
  }
}

async function* uploads({ db, stores }: Parts): AsyncGenerator<Planned> {
  const over = db
    .selectFrom('uploads')
    .select(['id', 'file_name', 'file_path', 'storage', 'key_id', 'file_size', 'upload_offset'])
    .where(isOver);
  const rows = inPages((last, limit) => over.where('id', '>', last).orderBy('id').limit(limit).execute());
  for await (const row of rows) {
    const { id, file_name, file_size, upload_offset } = row;
    yield { kind: 'expired_uploads', id, file_name, size: file_size ?? upload_offset };
    yield* object(row);
  }
  for await (const row of givenUp(db)) yield* object(row);
  const ended = sql<boolean>`(${HAS_ENDED} OR ${isOver})`;
  for await (const row of segmentsOf(db, ended)) yield* object(row);
  for await (const row of unmade(db)) yield* object({ ...row, file_size: null });

  /** Nothing where its bytes have been removed already. */
  async function* object(
    row: Omit<Located, 'file_path'> & { file_path: string | null; file_size: number | null },
  ): AsyncGenerator<Planned> {
    const { file_path: key, storage, file_size } = row;
    if (key === null) return;
    const size = file_size ?? (await stores.at(row).stat(key))?.size ?? 0;
    yield { kind: 'removed_objects', store: storage, key, size };
  }
}

async function* purges({ db, retentionDays }: Parts): AsyncGenerator<Planned> {
  const due = overdue(db, retentionDays).select(['file_path', 'storage']);
  const rows = inPages((last, limit) =>
    due.where('ticket_attachments.id', '>', last).orderBy('ticket_attachments.id').limit(limit).execute(),
  );
  for await (const { id, file_name, ...row } of rows) {
    yield { kind: 'purged_files', id, file_name, size: row.file_size };
    yield* objects(id, row);
  }
  for await (const { id, ...row } of withBytes(db)) yield* objects(id, row);

  async function* objects(
    id: string,
    { file_path: key, storage: store, file_size: size }: Omit<Located, 'key_id'> & { file_size: number },
  ): AsyncGenerator<Planned> {
    yield { kind: 'removed_objects', store, key, size };
    const thumbnail = await db
      .selectFrom('thumbnails')
      .select(['file_path', 'storage', 'file_size'])
      .where('attachment_id', '=', id)
      .where('file_path', 'is not', null)
      .executeTakeFirst();
    if (!thumbnail?.file_path) return;
    const { file_path, storage, file_size } = thumbnail;
    yield { kind: 'removed_objects', store: storage, key: file_path, size: file_size ?? 0 };
  }
}
