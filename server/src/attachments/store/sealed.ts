import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { rm, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { seal, unseal } from './sealed/chunks.ts';
import { newHeader, openHeader } from './sealed/header.ts';
import type { SealingKey } from './sealed/keys.ts';
import { CHUNK, chunksOf, HEADER, plainSize, sealedRange } from './sealed/layout.ts';
import {
  type ByteRange,
  checkedKey,
  DamagedObject,
  MissingObject,
  type Store,
  type StoredObject,
} from './store.ts';

/** The first seals what is put, all of them open what is there. */
export type SealingKeys = readonly [SealingKey, ...SealingKey[]];

/**
 * Another store whose objects are sealed, each under a key of its own (`sealed/layout.ts`). What was changed, cut, or put
 * in place of another throws `DamagedObject` instead of a byte of it. `folder` is for what is on its way,
 * on the filesystem of whatever is put.
 */
export function createSealedStore(inner: Store, keys: SealingKeys, folder: string): Store {
  async function keep(key: string, bytes: Readable, path: string): Promise<void> {
    const { header, objectKey } = newHeader(keys[0], nameOf(key));
    try {
      await pipeline(
        bytes,
        async function* (plain: AsyncIterable<Uint8Array>) {
          yield header;
          yield* seal(plain, objectKey);
        },
        createWriteStream(path, { flags: 'wx', mode: 0o600 }),
      );
      await inner.put(key, path);
    } finally {
      await rm(path, { force: true });
    }
  }

  async function put(key: string, path: string): Promise<void> {
    checkedKey(key);
    // Beside it, and called like it: the sweep knows whose it is.
    await keep(key, createReadStream(path, { highWaterMark: CHUNK }), `${path}.sealed`);
    await unlink(path);
  }

  async function read(key: string, range?: ByteRange): Promise<Readable> {
    const plain = range ? await readRange(key, range) : readWhole(nameOf(key), await inner.read(key));
    return Readable.from(plain, { objectMode: false, highWaterMark: CHUNK });
  }

  async function* readWhole(name: string, sealed: Readable): AsyncGenerator<Buffer> {
    const { header, rest } = await beginningOf(sealed);
    yield* unseal(rest, { name, objectKey: openHeader(keys, name, header), first: 0, toEnd: true });
  }

  async function readRange(key: string, { start, end }: ByteRange): Promise<AsyncIterable<Buffer>> {
    const name = nameOf(key);
    const size = await sizeOf(key);
    const header = await buffer(await inner.read(key, { start: 0, end: HEADER - 1 }));
    const objectKey = openHeader(keys, name, header);
    const { first, last, from, to } = sealedRange({ start, end }, size);
    const sealed = await inner.read(key, { start: from, end: to });
    const plain = unseal(sealed, { name, objectKey, first, toEnd: last === chunksOf(size) - 1 });
    return part(plain, start - first * CHUNK, end - start + 1);
  }

  async function sizeOf(key: string): Promise<number> {
    const there = await inner.stat(key);
    if (!there) throw new MissingObject(key);
    const size = plainSize(there.size);
    if (size === undefined) throw new DamagedObject(nameOf(key), 'it was cut');
    return size;
  }

  async function stat(key: string): Promise<StoredObject | undefined> {
    const there = await inner.stat(key);
    // A size that no sealed object has is told as it is: nobody expects it.
    return there && { ...there, size: plainSize(there.size) ?? there.size };
  }

  /** The name is sealed in: under another the same bytes have to be sealed again. */
  async function copy(from: string, to: string): Promise<void> {
    checkedKey(to);
    if (nameOf(from) === nameOf(to)) return inner.copy(from, to);
    await keep(to, await read(from), join(folder, `${randomUUID()}.sealed`));
  }

  async function* list(prefix: string, olderThan: Date): AsyncIterable<StoredObject> {
    for await (const one of inner.list(prefix, olderThan)) {
      yield { ...one, size: plainSize(one.size) ?? one.size };
    }
  }

  const { name, remove } = inner;
  return { name, put, read, stat, remove, copy, list };
}

/** What stays of a key wherever the object is moved to. */
function nameOf(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1);
}

/** The header, and what comes after it. */
async function beginningOf(sealed: Readable): Promise<{ header: Buffer; rest: AsyncIterable<Uint8Array> }> {
  const chunks = sealed[Symbol.asyncIterator]();
  let begin = Buffer.of();
  while (begin.length < HEADER) {
    const next = await chunks.next();
    if (next.done) break;
    begin = Buffer.concat([begin, next.value]);
  }
  async function* rest() {
    if (begin.length > HEADER) yield begin.subarray(HEADER);
    yield* { [Symbol.asyncIterator]: () => chunks };
  }
  return { header: begin.subarray(0, HEADER), rest: rest() };
}

/** `take` of the bytes, without the first `skip`. */
async function* part(bytes: AsyncIterable<Buffer>, skip: number, take: number): AsyncGenerator<Buffer> {
  let before = skip;
  let left = take;
  for await (const chunk of bytes) {
    const wanted = chunk.subarray(before, before + left);
    before = 0;
    left -= wanted.length;
    yield wanted;
  }
}
