import { type Selectable, sql, type Updateable } from 'kysely';
import type { Db } from '../../db/open.ts';
import type { ThumbnailTable } from '../../db/schema.ts';
import { leaseEnd, leaseHolds } from '../lease.ts';
import type { Whereabouts } from '../store/stores.ts';

export type ThumbnailRow = Selectable<ThumbnailTable>;

export async function thumbnailOf(db: Db, attachmentId: string): Promise<ThumbnailRow | undefined> {
  return db.selectFrom('thumbnails').selectAll().where('attachment_id', '=', attachmentId).executeTakeFirst();
}

/**
 * The right to make a thumbnail, to be kept under `key`: for one at a time among all instances, for as long as a lease.
 * Resolves to which attempt it is; undefined where somebody else is at it, or it is settled.
 */
export async function claimThumbnail(
  db: Db,
  { attachmentId, key, here }: { attachmentId: string; key: string; here: Whereabouts },
): Promise<number | undefined> {
  const first = await db
    .insertInto('thumbnails')
    .values({
      ...{ attachment_id: attachmentId, state: 'making', attempts: 1 },
      ...{ lease_until: leaseEnd, file_path: key, ...here },
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('attempts')
    .executeTakeFirst();
  if (first) return first.attempts;
  const again = await db
    .updateTable('thumbnails')
    .set({
      ...{ lease_until: leaseEnd, file_path: key, ...here, updated_at: sql<Date>`now()` },
      attempts: sql<number>`attempts + 1`,
    })
    .where('attachment_id', '=', attachmentId)
    .where('state', '=', 'making')
    .where(sql<boolean>`${leaseHolds} IS NOT TRUE`)
    .returning('attempts')
    .executeTakeFirst();
  return again?.attempts;
}

/** Ends a claim with what came of it; undefined where it was lost to somebody else meanwhile. */
export async function settleThumbnail(
  db: Db,
  key: string,
  change: Updateable<ThumbnailTable>,
): Promise<ThumbnailRow | undefined> {
  return db
    .updateTable('thumbnails')
    .set({ ...change, lease_until: null, updated_at: sql<Date>`now()` })
    .where('file_path', '=', key)
    .where('state', '=', 'making')
    .returningAll()
    .executeTakeFirst();
}

/** As if nobody had tried. */
export async function forgetThumbnail(db: Db, key: string): Promise<void> {
  await db.deleteFrom('thumbnails').where('file_path', '=', key).execute();
}
