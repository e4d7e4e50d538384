import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../../db/open.ts';
import { inPages } from '../../db/pages.ts';
import type { Located, Whereabouts } from '../store/stores.ts';

/** What has bytes in a store, and says of them how long they are and what their hash is. */
export interface StoredFile extends Located {
  kind: StoredKind;
  /** Of a thumbnail: that of its picture. */
  id: string;
  ticket_id: string | null;
  file_size: number;
  sha256: string;
}

/** In this order: a staged upload becomes an attachment and keeps its id, so that neither walk misses it. */
const KINDS = ['upload', 'attachment', 'thumbnail'] as const;
export type StoredKind = (typeof KINDS)[number];

/** What a file of a kind may have become. */
const BECOMES: Record<StoredKind, readonly StoredKind[]> = {
  upload: ['upload', 'attachment'],
  attachment: ['attachment'],
  thumbnail: ['thumbnail'],
};

/**
 * Which of them: those that came at `since` or later, those that are in another store than this or not sealed with this
 * key, and of all these a share, chosen by chance but the same for a `seed`.
 */
export interface Choice {
  since?: Date | undefined;
  elsewhereThan?: { storage?: string; key_id: string | null } | undefined;
  sample?: { share: number; seed: number } | undefined;
}

/** Where a walk over all of them is. */
export interface Position {
  kind: StoredKind;
  after_id: string;
}
export const START: Position = { kind: KINDS[0], after_id: '' };

/** All of them, deleted ones too, from a position on. */
export async function* storedFiles(db: Db, choice: Choice = {}, from = START): AsyncGenerator<StoredFile> {
  for (const kind of KINDS.slice(KINDS.indexOf(from.kind))) {
    const files = chosen(db, kind, choice).selectAll();
    const rows = inPages(
      (last, limit) => files.where('id', '>', last).orderBy('id').limit(limit).execute(),
      kind === from.kind ? from.after_id : '',
    );
    for await (const row of rows) yield asStored(kind, row);
  }
}

/** How many there are, and their bytes. */
export async function sumOfStored(db: Db, choice: Choice = {}): Promise<{ files: number; bytes: number }> {
  const sum = { files: 0, bytes: 0 };
  for (const kind of KINDS) {
    const { files, bytes } = await chosen(db, kind, choice)
      .select((of) => [
        of.fn.countAll<number>().as('files'),
        sql<number>`coalesce(sum(file_size), 0)::bigint`.as('bytes'),
      ])
      .executeTakeFirstOrThrow();
    sum.files += files;
    sum.bytes += bytes;
  }
  return sum;
}

/** A store and a key that files are in and sealed with, and how many. */
export interface Place extends Whereabouts {
  files: number;
}

/** Pieces of uploads under way count as well: nothing moves them, and without their key nothing comes of them. */
export async function placesInUse(db: Db): Promise<Place[]> {
  const kinds = KINDS.map((kind) => sql`SELECT storage, key_id FROM ${rowsOf(kind)} AS its`);
  const all = [...kinds, sql`SELECT storage, key_id FROM upload_segments`];
  const { rows } = await sql<Place>`
    SELECT storage, key_id, count(*) AS files FROM (${sql.join(all, sql` UNION ALL `)}) AS stored
    GROUP BY storage, key_id ORDER BY storage, key_id`.execute(db);
  return rows;
}

/** The same file as it is by now; undefined where it is gone. */
export async function asItIsNow(db: Db, { kind, id }: StoredFile): Promise<StoredFile | undefined> {
  for (const now of BECOMES[kind]) {
    const row = await chosen(db, now, {}).selectAll().where('id', '=', id).executeTakeFirst();
    if (row) return asStored(now, row);
  }
  return undefined;
}

type Row = Omit<StoredFile, 'kind'> & { created_at: Date };

interface Rows {
  table: string;
  id: string;
  ticket: RawBuilder<string | null>;
  /** Whether the bytes of a row are to be there. */
  hasBytes: RawBuilder<boolean>;
}

/** Where the files of a kind are written down. */
export const ROWS: Record<StoredKind, Rows> = {
  upload: { table: 'uploads', id: 'id', ticket: sql`ticket_id`, hasBytes: sql`state = 'ready'` },
  attachment: {
    table: 'ticket_attachments',
    id: 'id',
    ticket: sql`ticket_id`,
    hasBytes: sql`purged_at IS NULL`,
  },
  thumbnail: {
    ...{ table: 'thumbnails', id: 'attachment_id', ticket: sql`NULL::varchar` },
    hasBytes: sql`state = 'ready' AND NOT EXISTS (
      SELECT FROM ticket_attachments WHERE ticket_attachments.id = attachment_id AND purged_at IS NOT NULL
    )`,
  },
};

function rowsOf(kind: StoredKind): RawBuilder<Row> {
  const { table, id, ticket, hasBytes } = ROWS[kind];
  return sql`(
    SELECT ${sql.ref(id)} AS id, ${ticket} AS ticket_id, storage, key_id, file_path, file_size, sha256, created_at
    FROM ${sql.table(table)} WHERE ${hasBytes}
  )`;
}

/** Of a hash these are taken to choose by: enough for a thousandth of a percent. */
const BITS = 2 ** 24;

function chosen(db: Db, kind: StoredKind, { since, elsewhereThan, sample }: Choice) {
  let rows = db.selectFrom(rowsOf(kind).as<'stored'>(sql.ref('stored')));
  if (since) rows = rows.where('created_at', '>=', since);
  if (elsewhereThan) rows = rows.where(isElsewhere(elsewhereThan));
  return sample ? rows.where(isSampled(sample)) : rows;
}

function isElsewhere({ storage, key_id }: NonNullable<Choice['elsewhereThan']>) {
  const hasOtherKey = sql<boolean>`key_id IS DISTINCT FROM ${key_id}`;
  return storage === undefined ? hasOtherKey : sql<boolean>`(storage <> ${storage} OR ${hasOtherKey})`;
}

function isSampled({ share, seed }: { share: number; seed: number }) {
  return sql<boolean>`(hashtextextended(id, ${seed}) & ${BITS - 1}) < ${Math.ceil(share * BITS)}`;
}

function asStored(kind: StoredKind, { created_at: _, ...row }: Row): StoredFile {
  return { kind, ...row };
}
