import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Parts } from '../parts.ts';
import { subjectOf } from '../scan/subject.ts';
import { DamagedObject, MissingObject } from '../store/store.ts';
import { isSamePlace, type Located } from '../store/stores.ts';

/** An object that a row names and that cannot be made again. */
export interface NamedObject extends Located {
  kind: 'attachment' | 'upload' | 'segment';
  /** Of the attachment or upload; of a segment, of the upload it is part of. */
  id: string;
  /** What the row says of the bytes; a segment's says no hash, and where in the upload it begins. */
  size: number;
  sha256: string | null;
  position: number | null;
}

/** All of them, as SQL; what may be gone soonest comes first. `namedObject` reads a row of it. */
export const NAMED_OBJECTS = `
  SELECT 'segment', upload_id, segment.file_path, segment.storage, segment.key_id, size, NULL, position
  FROM upload_segments segment JOIN uploads ON uploads.id = upload_id WHERE state = 'receiving'
  UNION ALL
  SELECT 'upload', id, file_path, storage, key_id, file_size, sha256, NULL FROM uploads WHERE state = 'ready'
  UNION ALL
  SELECT 'attachment', id, file_path, storage, key_id, file_size, sha256, NULL FROM ticket_attachments
  WHERE purged_at IS NULL`;

/** A line of PostgreSQL's text format: nothing in these columns has a tab or needs a backslash. */
export function namedObject(line: string): NamedObject {
  const [kind, id, file_path, storage, key_id, size, sha256, position] = line
    .split('\t')
    .map((value) => (value === '\\N' ? null : value));
  if (kind !== 'attachment' && kind !== 'upload' && kind !== 'segment') throw new Error(`no object: ${line}`);
  if (!id || !file_path || !storage || !size) throw new Error(`no object: ${line}`);
  const bytes = { size: Number(size), sha256: sha256 ?? null };
  return {
    kind,
    id,
    file_path,
    storage,
    key_id: key_id ?? null,
    ...bytes,
    position: position ? Number(position) : null,
  };
}

/** What bytes were when they were written elsewhere. */
export interface Copy {
  size: number;
  sha256: string;
}

/** Keeps bytes if `isRight` says so of them, and resolves to undefined where it does not. Their end may be an error. */
export type Keep = (
  bytes: AsyncIterable<Uint8Array>,
  isRight: (copy: Copy) => Promise<boolean>,
) => Promise<Copy | undefined>;

/**
 * What became of an object: `gone` is one that its row has let go of since it was named, which is no loss. One that was
 * `resealed` since belongs under another name, which its seal knows, than its row said.
 */
export type Taken =
  | { is: 'kept'; file: Copy; key: string; key_id: string | null; resealed: boolean }
  | { is: 'gone' }
  | { is: 'missing' | 'changed' | 'unreadable' };

/** Bytes may move, once or twice, while they are looked for; and a store may stumble. */
const MOST_TRIES = 3;
const PAUSE = 500; // ms

/** The bytes of named objects for keeping elsewhere: as they lie in their store, so that what is sealed stays so. */
export function createCopies({ db, stores }: Pick<Parts, 'db' | 'stores'>) {
  /** Throws what `keep` throws, and `storage_unavailable`. */
  async function take(object: NamedObject, keep: Keep): Promise<Taken> {
    let at: Located = object;
    for (let tries = 1; ; tries += 1) {
      const taken = await tryTo(object, at, keep);
      if (taken.is === 'kept') return taken;
      const now = await placeOf(object);
      if (!now) return { is: 'gone' };
      const hasMoved = !isSamePlace(now, at);
      if (tries === MOST_TRIES || (!hasMoved && taken.is !== 'unreadable')) return taken;
      if (!hasMoved) await sleep(PAUSE);
      at = now;
    }
  }

  async function tryTo(object: NamedObject, at: Located, keep: Keep): Promise<Taken> {
    try {
      const bytes = await stores.at({ ...at, key_id: null }).read(at.file_path);
      const file = await keep(readable(bytes), (copy) => isRight(object, at, copy));
      if (!file) return { is: 'changed' };
      const isSealed = at.key_id !== null;
      const key = isSealed ? folderOf(object.file_path) + nameOf(at.file_path) : object.file_path;
      const resealed = key !== object.file_path || at.key_id !== object.key_id;
      return { is: 'kept', file, key, key_id: at.key_id, resealed };
    } catch (error) {
      if (error instanceof MissingObject) return { is: 'missing' };
      if (error instanceof Unreadable) return { is: 'unreadable' };
      throw error;
    }
  }

  /** The row speaks of what is inside the seal. */
  async function isRight({ size, sha256 }: NamedObject, at: Located, copy: Copy): Promise<boolean> {
    const inside = at.key_id === null ? copy : await insideOf(at);
    return inside?.size === size && (sha256 === null || inside.sha256 === sha256);
  }

  async function insideOf(at: Located): Promise<Copy | undefined> {
    const store = stores.at(at);
    const hash = createHash('sha256');
    let size = 0;
    try {
      for await (const chunk of await store.read(at.file_path)) {
        hash.update(chunk);
        size += chunk.length;
      }
    } catch (error) {
      if (error instanceof DamagedObject) return undefined;
      throw error;
    }
    return { size, sha256: hash.digest('hex') };
  }

  /** Where its bytes are by now; undefined where no row needs them any more. */
  async function placeOf({ kind, id, position }: NamedObject): Promise<Located | undefined> {
    if (kind !== 'segment') return subjectOf(db, id);
    return db
      .selectFrom('upload_segments')
      .innerJoin('uploads', 'uploads.id', 'upload_id')
      .select(['upload_segments.file_path', 'upload_segments.storage', 'upload_segments.key_id'])
      .where('upload_id', '=', id)
      .where('position', '=', position)
      .where('state', '=', 'receiving')
      .executeTakeFirst();
  }

  return { take };
}

const nameOf = (key: string) => key.slice(key.lastIndexOf('/') + 1);
const folderOf = (key: string) => key.slice(0, key.lastIndexOf('/') + 1);

class Unreadable extends Error {}

/** The same, with its own errors told apart from those of whoever takes it. */
async function* readable(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* bytes;
  } catch (cause) {
    throw new Unreadable('the bytes broke off', { cause });
  }
}
