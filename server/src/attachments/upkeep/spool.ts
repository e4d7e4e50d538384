import { sql } from 'kysely';
import type { Parts } from '../parts.ts';

/** Removes spool files that no living upload writes to, nor a thumbnail. Only this machine's: the spool is local. */
export async function sweepSpool({ db, spool }: Pick<Parts, 'db' | 'spool'>): Promise<number> {
  const ids = await spool.ids();
  if (ids.length === 0) return 0;
  const living = await db
    .selectFrom('uploads')
    .select('id')
    .where('id', 'in', ids)
    .where('state', '=', 'receiving')
    .where('lease_until', '>', sql<Date>`now()`)
    .union(
      db
        .selectFrom('thumbnails')
        .select(sql<string>`substr(file_path, ${'thumbnails/'.length + 1})`.as('id'))
        .where(
          'file_path',
          'in',
          ids.map((id) => `thumbnails/${id}`),
        )
        .where('lease_until', '>', sql<Date>`now()`),
    )
    .execute();
  const spared = new Set(living.map((row) => row.id));
  const dead = ids.filter((id) => !spared.has(id));
  for (const id of dead) await spool.remove(id);
  return dead.length;
}
