import { randomUUID } from 'node:crypto';
import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../../db/open.ts';
import { inPages } from '../../db/pages.ts';
import { leaseEnd } from '../lease.ts';
import { STAGED_HOURS } from '../limits.ts';
import type { Parts } from '../parts.ts';
import type { Whereabouts } from '../store/stores.ts';
import { forEach } from '../upkeep/each.ts';
import type { ResumableUpload } from './upload.ts';

/** Pieces of one upload. */
export const SEGMENT_PREFIX = 'segments/';

/** A piece that is durable in the store, and not yet part of its upload. */
export interface Segment extends Whereabouts {
  uploadId: string;
  key: string;
  position: number;
  size: number;
}

/** How far an upload is, and until when it may go on. */
type Standing = Pick<ResumableUpload, 'offset' | 'expiresAt'>;

export function segmentKey(): string {
  return `${SEGMENT_PREFIX}${randomUUID()}`;
}

/**
 * Makes a piece part of its upload, where that ends right where the piece begins: its offset grows in the same
 * statement, and its term begins anew. Resolves to how it stands then; undefined where somebody else was first. The slot is
 * given back, unless this was the last piece: then its request goes on.
 */
export async function append(
  db: Db,
  { uploadId, key, position, size, storage, key_id }: Segment,
): Promise<Standing | undefined> {
  const { rows } = await sql<Standing>`
    WITH grown AS (
      UPDATE uploads SET
        upload_offset = upload_offset + ${size},
        lease_until = CASE WHEN upload_offset + ${size} = upload_length THEN ${leaseEnd} END,
        expires_at = now() + make_interval(hours => ${STAGED_HOURS}),
        updated_at = now()
      WHERE id = ${uploadId} AND state = 'receiving' AND upload_offset = ${position}
      RETURNING id, upload_offset, expires_at
    ), segment AS (
      INSERT INTO upload_segments (file_path, upload_id, position, size, storage, key_id)
      SELECT ${key}, id, ${position}, ${size}, ${storage}, ${key_id} FROM grown
    )
    SELECT upload_offset AS "offset", expires_at AS "expiresAt" FROM grown
  `.execute(db);
  return rows[0];
}

/** The upload's bytes, piece after piece. */
export async function* bytesOf(
  { db, stores }: Pick<Parts, 'db' | 'stores'>,
  uploadId: string,
): AsyncGenerator<Uint8Array> {
  const segments = await db
    .selectFrom('upload_segments')
    .select(['file_path', 'storage', 'key_id'])
    .where('upload_id', '=', uploadId)
    .orderBy('position')
    .execute();
  for (const segment of segments) yield* await stores.at(segment).read(segment.file_path);
}

/** Removes the pieces of uploads that have come to an end, or of this one. Resolves to how many there were. */
export async function removeSegments(
  { db, stores, log }: Pick<Parts, 'db' | 'stores' | 'log'>,
  uploadId?: string,
): Promise<number> {
  const ended =
    uploadId === undefined ? HAS_ENDED : sql<boolean>`(${HAS_ENDED} AND uploads.id = ${uploadId})`;
  return forEach(segmentsOf(db, ended), log, async ({ file_path, ...at }) => {
    await stores.at(at).remove(file_path);
    await db.deleteFrom('upload_segments').where('file_path', '=', file_path).execute();
  });
}

export const HAS_ENDED = sql<boolean>`uploads.state <> 'receiving'`;

/** The pieces of uploads of which this is true. */
export function segmentsOf(db: Db, isTrue: RawBuilder<boolean>) {
  const segments = db
    .selectFrom('upload_segments')
    .innerJoin('uploads', 'uploads.id', 'upload_id')
    .select(['upload_segments.file_path as id', 'upload_segments.file_path'])
    .select(['upload_segments.storage', 'upload_segments.key_id', 'upload_segments.size as file_size'])
    .where(isTrue);
  return inPages((last, limit) =>
    segments
      .where('upload_segments.file_path', '>', last)
      .orderBy('upload_segments.file_path')
      .limit(limit)
      .execute(),
  );
}
