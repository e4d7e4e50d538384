import { createHash, randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Db } from '../../db/open.ts';
import { movingName } from '../moving.ts';
import type { Parts } from '../parts.ts';
import { DamagedObject, MissingObject } from '../store/store.ts';
import type { Located, Whereabouts } from '../store/stores.ts';
import { ROWS, type StoredFile } from './stored-files.ts';

/** `gone`: somebody has moved or removed it meanwhile, so that it is no concern of this any more. */
export type Relocation = 'moved' | 'gone' | 'damaged';

type Moving = Pick<Parts, 'db' | 'stores' | 'spool' | 'log'>;

/**
 * Brings an object to another store, or under another key: copied, read back and hashed, then its row is flipped, and
 * last the old bytes go. Whenever that is cut short the row says where the whole bytes are; what is left the sweep finds.
 * Bytes that are not as their row says are told and left where they are.
 */
export async function relocate(parts: Moving, item: StoredFile, to: Whereabouts): Promise<Relocation> {
  const { db, stores, spool, log } = parts;
  const spooled = movingName(randomUUID());
  try {
    const bytes = await stores.at(item).read(item.file_path);
    const { path, size, sha256 } = await spool.receive(spooled, bytes, item.file_size);
    if (size !== item.file_size || sha256 !== item.sha256) throw new DamagedObject(item.id, 'it has changed');
    const moved = { ...to, file_path: newPlace(item.file_path) };
    await stores.at(moved).put(moved.file_path, path);
    if ((await hashOf(parts, moved)) !== item.sha256) {
      throw new Error(`the copy of ${item.file_path} in ${to.storage} is not the same`);
    }
    const flipped = await flip(db, item, moved);
    const old = flipped ? item : moved;
    await stores.at(old).remove(old.file_path);
    return flipped ? 'moved' : 'gone';
  } catch (error) {
    if (!(error instanceof DamagedObject) && !(error instanceof MissingObject)) throw error;
    if (!(await isStill(db, item))) return 'gone';
    log.error({ err: error, alarm: 'integrity', file: item.id }, 'a stored file is missing or has changed');
    return 'damaged';
  } finally {
    await spool.remove(spooled);
  }
}

/** The same folder and a name of its own: two who move it do not write to one place. */
function newPlace(key: string): string {
  return key.slice(0, key.lastIndexOf('/') + 1) + randomUUID();
}

async function hashOf({ stores }: Moving, at: Located): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of await stores.at(at).read(at.file_path)) hash.update(chunk);
  return hash.digest('hex');
}

async function flip(db: Db, item: StoredFile, to: Located): Promise<boolean> {
  const { numAffectedRows } = await sql`
    UPDATE ${sql.table(ROWS[item.kind].table)}
    SET file_path = ${to.file_path}, storage = ${to.storage}, key_id = ${to.key_id}
    WHERE ${isThere(item)}`.execute(db);
  return numAffectedRows === 1n;
}

async function isStill(db: Db, item: StoredFile): Promise<boolean> {
  const { rows } = await sql`SELECT FROM ${sql.table(ROWS[item.kind].table)} WHERE ${isThere(item)}`.execute(
    db,
  );
  return rows.length > 0;
}

function isThere({ kind, id, file_path, storage }: StoredFile) {
  const rows = ROWS[kind];
  return sql<boolean>`
    ${sql.ref(rows.id)} = ${id} AND ${rows.hasBytes} AND file_path = ${file_path} AND storage = ${storage}`;
}
