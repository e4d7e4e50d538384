import { sql } from 'kysely';
import type { Db } from '../../db/open.ts';
import { inPages } from '../../db/pages.ts';
import { asMover } from '../moving.ts';
import type { Parts } from '../parts.ts';
import type { Whereabouts } from '../store/stores.ts';
import { hasBytes, idOf, KINDS, type Kind, type Movable, type Relocation, relocate } from './relocate.ts';

/** Where stored files are to be: in this store, or each where it is, sealed as new files are. */
export type Destination = { storage: string } | 'sealed';

export interface Step {
  done: number;
  total: number;
  outcome: Relocation;
}

/** Files on their way at once: one is read while another is written. */
const AT_ONCE = 3;

/**
 * Moves every stored file that is elsewhere; new ones meanwhile go where they do anyway. Live, beside servers, and as
 * good when it was cut short and is done again. Resolves to false where somebody else is at it.
 */
export async function moveAll(
  parts: Pick<Parts, 'db' | 'stores' | 'spool' | 'log'>,
  destination: Destination,
  onStep: (step: Step) => void,
): Promise<boolean> {
  const { db, stores } = parts;
  const { key_id } = stores.here;
  const target = (item: Movable): Whereabouts =>
    destination === 'sealed' ? { storage: item.storage, key_id } : { ...destination, key_id };
  return asMover(db, async () => {
    const elsewhere = elsewhereFrom(destination, key_id);
    const total = await countOf(db, elsewhere);
    const damaged = new Set<string>();
    let done = 0;
    // What was claimed on its way has become a file of a ticket, where nobody looks for it any more in this round.
    for (let escaped = true; escaped; ) {
      escaped = false;
      const items = itemsOf(db, elsewhere);
      const lane = async () => {
        for await (const item of items) {
          if (damaged.has(item.id)) continue;
          const outcome = await relocate(parts, item, target(item));
          if (outcome === 'damaged') damaged.add(item.id);
          escaped ||= outcome === 'gone';
          done += 1;
          onStep({ done, total: Math.max(done, total), outcome });
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, lane));
    }
  });
}

type Condition = ReturnType<typeof elsewhereFrom>;

function elsewhereFrom(destination: Destination, keyId: string | null) {
  const otherKey = sql<boolean>`key_id IS DISTINCT FROM ${keyId}`;
  if (destination === 'sealed') return otherKey;
  return sql<boolean>`(storage <> ${destination.storage} OR ${otherKey})`;
}

async function countOf(db: Db, elsewhere: Condition): Promise<number> {
  const counts = KINDS.map(
    (kind) => sql`SELECT count(*) AS n FROM ${sql.table(kind)} WHERE ${hasBytes(kind)} AND ${elsewhere}`,
  );
  const { rows } = await sql<{ total: number }>`
    SELECT sum(n)::bigint AS total FROM (${sql.join(counts, sql` UNION ALL `)}) AS counts`.execute(db);
  return rows[0]?.total ?? 0;
}

async function* itemsOf(db: Db, elsewhere: Condition): AsyncGenerator<Movable> {
  for (const kind of KINDS) {
    yield* inPages((last, limit) => pageOf(db, kind, elsewhere, last, limit));
  }
}

async function pageOf(
  db: Db,
  kind: Kind,
  elsewhere: Condition,
  after: string,
  limit: number,
): Promise<Movable[]> {
  const id = sql.ref(idOf(kind));
  const { rows } = await sql<Omit<Movable, 'kind'>>`
    SELECT ${id} AS id, file_path, file_size, sha256, storage, key_id FROM ${sql.table(kind)}
    WHERE ${id} > ${after} AND ${hasBytes(kind)} AND ${elsewhere}
    ORDER BY ${id} LIMIT ${limit}`.execute(db);
  return rows.map((row) => ({ ...row, kind }));
}
