import type { FileHandle } from 'node:fs/promises';
import type { Readable } from 'node:stream';

/** Bytes from `start` to `end`, both included. */
export interface ByteRange {
  start: number;
  end: number;
}

export interface StoredObject {
  key: string;
  size: number;
  modifiedAt: Date;
}

/**
 * Where admitted bytes live. A key is slash-separated segments of `[A-Za-z0-9._-]`, none of them dots alone, of at
 * most 512 characters; anything else throws. `test/contracts/store.ts` is this contract as tests.
 */
export interface Store {
  /** The name rows remember it by. */
  readonly name: string;
  /**
   * Takes the local file at `path`, which is gone afterwards: the object is visible whole or not at all, and
   * durable when this resolves. Throws `storage_full` or `storage_unavailable`.
   */
  put(key: string, path: string): Promise<void>;
  /** The same for a file that is still being written, where objects take their time to arrive. */
  putGrowing?(key: string, path: string): GrowingPut;
  /** The object's bytes, or those of one range. Throws `MissingObject` before the first byte. */
  read(key: string, range?: ByteRange): Promise<Readable>;
  /** Where objects are local files, that a thread may read: this one, open. Throws `MissingObject`. */
  open?(key: string): Promise<FileHandle>;
  stat(key: string): Promise<StoredObject | undefined>;
  /** Resolves when the object is gone, also when it was not there. */
  remove(key: string): Promise<void>;
  /** Makes `to` the same bytes as `from`, durable as after `put`; harmless when done twice. Throws `MissingObject`. */
  copy(from: string, to: string): Promise<void>;
  /** Every object below `prefix` (a folder, with its slash) that was last changed before `olderThan`. */
  list(prefix: string, olderThan: Date): AsyncIterable<StoredObject>;
  /** An address anybody can read the object at for `seconds`, which answers with these headers. */
  presign?(key: string, headers: PresignedHeaders, seconds: number): Promise<string>;
  /** Removes what puts that were begun before `olderThan` and never ended have left, where that is no object. */
  clear?(olderThan: Date): Promise<number>;
}

/** A put that has begun before its file is whole. Ends with one of `finish` and `abandon`. */
export interface GrowingPut {
  /** The first `size` bytes are in the file, and stay as they are. */
  advance(size: number): void;
  /** The file is whole: from here on as `put`. What failed before is tried again. */
  finish(): Promise<void>;
  /** Leaves nothing. */
  abandon(): Promise<void>;
}

export interface PresignedHeaders {
  contentType: string;
  contentDisposition: string;
}

/** The bytes of a row are not where the row says. */
export class MissingObject extends Error {
  constructor(key: string, options?: ErrorOptions) {
    super(`no object ${key}`, options);
    this.name = 'MissingObject';
  }
}

/** The bytes of a row are not what was put. */
export class DamagedObject extends Error {
  constructor(name: string, how: string, options?: ErrorOptions) {
    super(`object ${name}: ${how}`, options);
    this.name = 'DamagedObject';
  }
}

/** What a row can remember. */
const MAX_LENGTH = 512;
const SEGMENT = /^(?!\.+$)[A-Za-z0-9._-]{1,128}$/;

/** The one gate for keys. */
export function checkedKey(key: string): string {
  const wellFormed = key.length <= MAX_LENGTH && key.split('/').every((segment) => SEGMENT.test(segment));
  if (!wellFormed) throw new Error('malformed storage key');
  return key;
}
