import { INLINE } from '../hashing.ts';
import type { Parts } from '../parts.ts';
import { DamagedObject, MissingObject, type Store, type StoredObject } from '../store/store.ts';
import { isSamePlace } from '../store/stores.ts';
import { asItIsNow, type StoredFile, type StoredKind } from './stored-files.ts';

/** What is not as it should be of one stored object; `unknown`: no row knows it. */
export interface Finding {
  problem: 'missing' | 'wrong_size' | 'changed' | 'unreadable' | 'unknown';
  kind: StoredKind | 'object';
  /** Of a thumbnail: that of its picture. Null for what no row knows. */
  id: string | null;
  ticket_id: string | null;
  storage: string;
  file_path: string;
  /** What its row says. */
  expected: { size: number; sha256: string } | null;
  /** What is in the store, as far as that was looked at. */
  actual: { size: number; sha256?: string } | null;
  /** Why it cannot be read, or how one that is sealed gave itself away. */
  reason?: string;
}

type Damage = Pick<Finding, 'problem' | 'actual' | 'reason'>;

/**
 * Reads a file's bytes and compares them with what its row says of them. Resolves to what is wrong; to undefined where
 * nothing is, or where the file is gone by now. Bytes that have moved meanwhile are looked at where they are. Throws
 * when its store does not answer at all.
 */
export async function examine(
  parts: Pick<Parts, 'db' | 'stores' | 'hashing'>,
  file: StoredFile,
): Promise<Finding | undefined> {
  let seen = file;
  for (;;) {
    const damage = await damageOf(parts, seen);
    if (!damage) return undefined;
    const now = await asItIsNow(parts.db, seen);
    if (!now) return undefined;
    if (isSamePlace(now, seen)) return findingOf(now, damage);
    seen = now;
  }
}

function findingOf({ file_size, sha256, key_id: _, ...file }: StoredFile, damage: Damage): Finding {
  const { problem, actual, ...why } = damage;
  return { problem, ...file, expected: { size: file_size, sha256 }, actual, ...why };
}

async function damageOf(
  { stores, hashing }: Pick<Parts, 'stores' | 'hashing'>,
  file: StoredFile,
): Promise<Damage | undefined> {
  let store: Store | undefined;
  try {
    store = stores.at(file);
    const there = await store.stat(file.file_path);
    if (!there) return { problem: 'missing', actual: null };
    if (there.size !== file.file_size) return { problem: 'wrong_size', actual: { size: there.size } };
    const actual = await measure(store, there, hashing);
    return actual.sha256 === file.sha256 ? undefined : { problem: 'changed', actual };
  } catch (error) {
    if (error instanceof MissingObject) return { problem: 'missing', actual: null };
    if (error instanceof DamagedObject) return { problem: 'changed', actual: null, reason: error.message };
    // A store that is away damages nothing: this throws.
    await store?.stat('health');
    return { problem: 'unreadable', actual: null, reason: reasonOf(error) };
  }
}

async function measure(
  store: Store,
  { key, size: expected }: StoredObject,
  hashing: Parts['hashing'],
): Promise<{ size: number; sha256: string }> {
  const file = expected > INLINE ? await store.open?.(key) : undefined;
  const hash = hashing.of(file?.fd);
  let size = 0;
  try {
    for await (const chunk of await store.read(key)) {
      size += chunk.length;
      hash.add(chunk);
      hash.advance(size);
    }
    return { size, sha256: await hash.finish(size) };
  } catch (error) {
    hash.abandon();
    throw error;
  } finally {
    await file?.close();
  }
}

/** What a refusal says is for people who upload; what happened is its cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
