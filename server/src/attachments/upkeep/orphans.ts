import type { Db } from '../../db/open.ts';
import type { Parts } from '../parts.ts';
import { QUARANTINE } from '../scan/quarantine.ts';
import type { Store, StoredObject } from '../store/store.ts';
import { forEach } from './each.ts';

/** An object this young may belong to a row that is about to come, from a version or a way we do not know. */
const GRACE_HOURS = 1;
const BATCH = 500;

/** An object that no row knows. */
export interface Orphan extends StoredObject {
  store: Store;
}

/** Removes objects that no row knows where they are, as `removable` says. Resolves to how many. */
export async function removeOrphans(
  parts: Pick<Parts, 'db' | 'stores' | 'log'>,
  now = new Date(),
): Promise<number> {
  const { log } = parts;
  let removed = 0;
  for await (const { store, key } of removable(parts, now)) {
    removed += await forEach([{ key }], log, async () => {
      log.warn({ store: store.name, key }, 'removing stored bytes that no row knows');
      await store.remove(key);
    });
  }
  return removed;
}

/**
 * What a sweep removes. An upload's row names its key before the first byte arrives, so nothing that is on its way is
 * ever taken for an orphan. Of a store in which so much is unknown that the database is more likely to be the wrong one,
 * nothing, and an alarm says so.
 */
export async function* removable(
  parts: Pick<Parts, 'db' | 'stores' | 'log'>,
  now = new Date(),
): AsyncGenerator<Orphan> {
  const { log } = parts;
  for (const store of parts.stores.all) {
    const sum = await sumIn(parts, store, now);
    if (sum.unknown === 0) continue;
    if (await isDoubtful(parts.db, sum)) {
      const doubt = { store: store.name, ...sum };
      log.error({ alarm: 'integrity', ...doubt }, 'the database knows too little of a store to sweep it');
      continue;
    }
    for await (const { unknown } of orphansIn(parts, store, now)) yield* unknown;
  }
}

interface Sum {
  looked: number;
  unknown: number;
}

async function sumIn(parts: Pick<Parts, 'db'>, store: Store, now: Date): Promise<Sum> {
  const sum = { looked: 0, unknown: 0 };
  for await (const { looked, unknown } of orphansIn(parts, store, now)) {
    sum.looked += looked;
    sum.unknown += unknown.length;
  }
  return sum;
}

/** So many are never left by what goes wrong in single requests. */
const MANY = 100;
const SHARE = 0.2;

async function isDoubtful(db: Db, { looked, unknown }: Sum): Promise<boolean> {
  if (unknown > MANY && unknown > looked * SHARE) return true;
  // A desk without a file, before a store with some.
  return !(await db.selectFrom('ticket_attachments').select('id').limit(1).executeTakeFirst());
}

/** Every object older than the grace period, some at a time: how many were looked at, and those that no row knows. */
export async function* orphans(
  parts: Pick<Parts, 'db' | 'stores'>,
  now = new Date(),
): AsyncGenerator<{ looked: number; unknown: Orphan[] }> {
  for (const store of parts.stores.all) yield* orphansIn(parts, store, now);
}

async function* orphansIn(
  { db }: Pick<Parts, 'db'>,
  store: Store,
  now: Date,
): AsyncGenerator<{ looked: number; unknown: Orphan[] }> {
  const olderThan = new Date(now.getTime() - GRACE_HOURS * 3_600_000);
  for (const prefix of ['tickets/', 'staged/', 'segments/', 'thumbnails/', QUARANTINE]) {
    for await (const batch of batches(store.list(prefix, olderThan))) {
      const keys = batch.map(({ key }) => key);
      const known = await knownKeys(db, store.name, keys);
      const unknown = batch.filter(({ key }) => !known.has(lastSegment(key)));
      yield { looked: batch.length, unknown: unknown.map((object) => ({ ...object, store })) };
    }
  }
}

async function* batches(objects: AsyncIterable<StoredObject>): AsyncGenerator<StoredObject[]> {
  let batch: StoredObject[] = [];
  for await (const object of objects) {
    batch.push(object);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/**
 * The last segments of those keys that some row names, here or in the other folder: between the copy and the flip
 * of `rehome` the new key is in no row yet, and the old one is. One statement, since a claim takes a key from one
 * table to the other: between two questions it would be in neither. Infected files, of which there are few at a time,
 * may have their bytes in quarantine already.
 */
async function knownKeys(db: Db, storage: string, keys: string[]): Promise<Set<string>> {
  if (keys.length === 0) return new Set();
  const twins = [...keys, ...keys.map((key) => `staged/${lastSegment(key)}`)];
  const named = (table: Located, among: string[]) =>
    db.selectFrom(table).select('file_path').where('storage', '=', storage).where('file_path', 'in', among);
  const infected = (table: 'uploads' | 'ticket_attachments') =>
    db
      .selectFrom(table)
      .select('file_path')
      .where('storage', '=', storage)
      .where('virus_scan_status', '=', 'infected');
  const rows = await named('uploads', twins)
    .unionAll(named('ticket_attachments', twins).where('bytes_gone_at', 'is', null))
    .unionAll(named('upload_segments', keys))
    .unionAll(named('thumbnails', keys))
    .unionAll(infected('uploads'))
    .unionAll(infected('ticket_attachments').where('bytes_gone_at', 'is', null))
    .execute();
  return new Set(rows.map(({ file_path }) => lastSegment(file_path ?? '')));
}

type Located = 'uploads' | 'ticket_attachments' | 'upload_segments' | 'thumbnails';

function lastSegment(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1);
}
