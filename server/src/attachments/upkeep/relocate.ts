import { createHash, randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Db } from '../../db/open.ts';
import { movingName } from '../moving.ts';
import type { Parts } from '../parts.ts';
import { DamagedObject, MissingObject } from '../store/store.ts';
import type { Located, Whereabouts } from '../store/stores.ts';

/** What has its bytes in a store for good, and the table that says where. Uploads become attachments, never the other way. */
export const KINDS = ['uploads', 'ticket_attachments', 'thumbnails'] as const;
export type Kind = (typeof KINDS)[number];

export interface Movable extends Located {
  kind: Kind;
  id: string;
  file_size: number;
  sha256: string;
}

/** `gone`: somebody has moved or removed it meanwhile, so that it is no concern of this any more. */
export type Relocation = 'moved' | 'gone' | 'damaged';

type Moving = Pick<Parts, 'db' | 'stores' | 'spool' | 'log'>;

/**
 * Brings an object to another store, or under another key: copied, read back and hashed, then its row is flipped, and
 * last the old bytes go. Whenever that is cut short the row says where the whole bytes are; what is left the sweep finds.
 * Bytes that are not as their row says are told and left where they are.
 */
export async function relocate(parts: Moving, item: Movable, to: Whereabouts): Promise<Relocation> {
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

async function flip(db: Db, item: Movable, to: Located): Promise<boolean> {
  const { numAffectedRows } = await sql`
    UPDATE ${sql.table(item.kind)}
    SET file_path = ${to.file_path}, storage = ${to.storage}, key_id = ${to.key_id}
    WHERE ${isThere(item)}`.execute(db);
  return numAffectedRows === 1n;
}

async function isStill(db: Db, item: Movable): Promise<boolean> {
  const { rows } = await sql`SELECT FROM ${sql.table(item.kind)} WHERE ${isThere(item)}`.execute(db);
  return rows.length > 0;
}

function isThere({ kind, id, file_path, storage }: Movable) {
  return sql<boolean>`
    ${sql.ref(idOf(kind))} = ${id} AND ${hasBytes(kind)} AND file_path = ${file_path} AND storage = ${storage}`;
}

export function idOf(kind: Kind): string {
  return kind === 'thumbnails' ? 'attachment_id' : 'id';
}

/** Of rows, those whose bytes are to be there. */
export function hasBytes(kind: Kind) {
  return kind === 'ticket_attachments' ? sql<boolean>`purged_at IS NULL` : sql<boolean>`state = 'ready'`;
}
