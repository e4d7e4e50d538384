import { sql } from 'kysely';
import { asMover, isMoving } from '../moving.ts';
import type { Parts } from '../parts.ts';

/** Pieces are put together for a minute after the last of them (`resumable/assembly.ts`). */
const isPutTogether = sql<boolean>`(upload_length IS NOT NULL AND updated_at > now() - interval '2 minutes')`;

/** Removes spool files that nobody writes to. Only this machine's: the spool is local. */
export async function sweepSpool(parts: Pick<Parts, 'db' | 'spool'>): Promise<number> {
  const dead = await deadSpoolFiles(parts);
  for (const name of dead) await parts.spool.remove(name);
  return dead.length;
}

/** The names of spool files that no living upload writes to, nor a thumbnail, nor whoever moves files. */
export async function deadSpoolFiles({ db, spool }: Pick<Parts, 'db' | 'spool'>): Promise<string[]> {
  const names = await spool.ids();
  if (names.length === 0) return [];
  // A piece, what pieces make, and what is sealed are called like their upload.
  const idOf = (name: string) => name.replace(/(\.(whole|piece)-[0-9a-f-]{36})?(\.sealed)?$/, '');
  const ids = names.map(idOf);
  const living = await db
    .selectFrom('uploads')
    .select('id')
    .where('id', 'in', ids)
    .where('state', '=', 'receiving')
    .where(sql<boolean>`(lease_until > now() OR ${isPutTogether})`)
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
  const dead = names.filter((name) => !isMoving(name) && !spared.has(idOf(name)));
  const moving = names.filter(isMoving);
  // Where nobody moves files, those are of one who died.
  if (moving.length > 0) await asMover(db, async () => void dead.push(...moving));
  return dead;
}
