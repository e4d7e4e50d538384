import { sql } from 'kysely';
import type { Db } from '../../db/open.ts';
import { inPages } from '../../db/pages.ts';
import { leaseHolds } from '../lease.ts';
import type { Parts } from '../parts.ts';
import { forEach } from './each.ts';

/**
 * Removes what was left of thumbnails whose maker died: the row stays, so that it is known how often it was tried.
 * Resolves to how many there were.
 */
export async function removeUnmade({
  db,
  stores,
  log,
}: Pick<Parts, 'db' | 'stores' | 'log'>): Promise<number> {
  return forEach(unmade(db), log, async ({ file_path, ...at }) => {
    if (!file_path) return;
    // The row first: a maker who is only late finds that it has lost its claim, and removes what it has put.
    await db
      .updateTable('thumbnails')
      .set({ file_path: null })
      .where('file_path', '=', file_path)
      .where('state', '=', 'making')
      .execute();
    await stores.at(at).remove(file_path);
  });
}

export function unmade(db: Db) {
  const left = db
    .selectFrom('thumbnails')
    .select(['attachment_id as id', 'file_path', 'storage', 'key_id'])
    .where('state', '=', 'making')
    .where('file_path', 'is not', null)
    .where(sql<boolean>`${leaseHolds} IS NOT TRUE`);
  return inPages((last, limit) =>
    left.where('attachment_id', '>', last).orderBy('attachment_id').limit(limit).execute(),
  );
}
