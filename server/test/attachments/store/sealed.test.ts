import { randomBytes, randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDiskStore } from '../../../src/attachments/store/disk.ts';
import { sealingKey } from '../../../src/attachments/store/sealed/keys.ts';
import { plainSize, sealedSize } from '../../../src/attachments/store/sealed/layout.ts';
import { createSealedStore, type SealingKeys } from '../../../src/attachments/store/sealed.ts';
import { DamagedObject, type Store } from '../../../src/attachments/store/store.ts';
import { storeContract } from '../../contracts/store.ts';

const CHUNK = 64 * 1024;
const [first, second] = [sealingKey(randomBytes(32)), sealingKey(randomBytes(32))];

let folder: string;
let inner: Store;
let store: Store;
const sealedBy = (...keys: SealingKeys) => createSealedStore(inner, keys, join(folder, 'spool'));

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'docket-sealed-'));
  await mkdir(join(folder, 'spool'));
  inner = createDiskStore({ root: join(folder, 'storage'), fileMode: 0o640, dirMode: 0o750 });
  store = sealedBy(first);
});
afterAll(() => rm(folder, { recursive: true }));

async function spooled(bytes: Uint8Array): Promise<string> {
  const path = join(folder, 'spool', randomUUID());
  await writeFile(path, bytes);
  return path;
}

async function put(bytes: Uint8Array, to = store, key = `tickets/${randomUUID()}/${randomUUID()}`) {
  await to.put(key, await spooled(bytes));
  return key;
}
const fileOf = (key: string) => join(folder, 'storage', key);

describe('keeps the contract', () => {
  storeContract(async () => ({
    store,
    spooled,
    close: async () => expect(await readdir(join(folder, 'spool'))).toEqual(expect.any(Array)),
  }));
});

test('a size and its sealed size tell each other, and nothing between', () => {
  fc.assert(
    fc.property(fc.nat(10 * CHUNK), (size) => plainSize(sealedSize(size)) === size),
    { examples: [[0], [1], [CHUNK - 1], [CHUNK], [CHUNK + 1], [2 * CHUNK]] },
  );
  for (const size of [0, 10, 91, sealedSize(CHUNK) + 1, sealedSize(CHUNK) + 16]) {
    expect(plainSize(size)).toBeUndefined();
  }
});

test.each([1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 5])(
  '%i bytes come back, also in ranges over the edges of chunks',
  async (size) => {
    const bytes = randomBytes(size);
    const key = await put(bytes);
    expect(bytes.equals(await buffer(await store.read(key)))).toBe(true);
    for (const at of [0, CHUNK - 1, CHUNK, 2 * CHUNK, size - 1].filter((one) => one < size)) {
      const end = Math.min(size - 1, at + CHUNK);
      const part = await buffer(await store.read(key, { start: at, end }));
      expect(part.equals(bytes.subarray(at, end + 1))).toBe(true);
    }
  },
);

test('nothing of the bytes is on the disk, and the same file is never sealed alike', async () => {
  const text = Buffer.from('a secret that nobody reads\n'.repeat(10_000));
  const [one, other] = [await readFile(fileOf(await put(text))), await readFile(fileOf(await put(text)))];
  expect(one.includes('secret')).toBe(false);
  expect(one.subarray(28).equals(other.subarray(28))).toBe(false);
});

describe('is never served', () => {
  const bytes = randomBytes(2 * CHUNK + 100);
  const whole = async (key: string, of = store) => buffer(await of.read(key));
  const middle = async (key: string) => buffer(await store.read(key, { start: CHUNK + 5, end: CHUNK + 9 }));

  async function changed(change: (sealed: Buffer) => Buffer): Promise<string> {
    const key = await put(bytes);
    await writeFile(fileOf(key), change(await readFile(fileOf(key))));
    return key;
  }
  const flipped = (at: number) => (sealed: Buffer) => {
    const copy = Buffer.from(sealed);
    copy[at < 0 ? copy.length + at : at] = (copy.at(at) ?? 0) ^ 1;
    return copy;
  };
  const sealedChunk = CHUNK + 16;

  test('an object with any bit of it changed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(sealedSize(bytes.length) - 1), async (at) => {
        await expect(whole(await changed(flipped(at)))).rejects.toThrow();
      }),
      { numRuns: 30, examples: [[0], [8], [16], [28], [60], [76], [-1 + sealedSize(bytes.length)]] },
    );
  });

  test.each([
    ['cut by a byte', (sealed: Buffer) => sealed.subarray(0, -1)],
    ['cut by a chunk', (sealed: Buffer) => sealed.subarray(0, 76 + 2 * sealedChunk)],
    ['cut to its header', (sealed: Buffer) => sealed.subarray(0, 76)],
    ['cut within its header', (sealed: Buffer) => sealed.subarray(0, 20)],
    ['empty', () => Buffer.of()],
    ['longer', (sealed: Buffer) => Buffer.concat([sealed, Buffer.from('x')])],
    [
      'one whose chunks have changed places',
      (sealed: Buffer) =>
        Buffer.concat([
          sealed.subarray(0, 76),
          sealed.subarray(76 + sealedChunk, 76 + 2 * sealedChunk),
          sealed.subarray(76, 76 + sealedChunk),
          sealed.subarray(76 + 2 * sealedChunk),
        ]),
    ],
    ['one that was never sealed', () => bytes],
  ])('%s', async (_, change) => {
    await expect(whole(await changed(change))).rejects.toBeInstanceOf(DamagedObject);
  });

  test('a range of a chunk that was changed; others are as they were', async () => {
    const key = await changed(flipped(76 + sealedChunk + 7));
    await expect(middle(key)).rejects.toBeInstanceOf(DamagedObject);
    const beginning = await buffer(await store.read(key, { start: 0, end: 9 }));
    expect(beginning.equals(bytes.subarray(0, 10))).toBe(true);
  });

  test('one object in place of another', async () => {
    const [key, other] = [await put(bytes), await put(randomBytes(bytes.length))];
    await writeFile(fileOf(key), await readFile(fileOf(other)));
    await expect(whole(key)).rejects.toBeInstanceOf(DamagedObject);
    await expect(middle(key)).rejects.toBeInstanceOf(DamagedObject);
  });

  test('without its key, which is named', async () => {
    const key = await put(bytes);
    await expect(whole(key, sealedBy(second))).rejects.toThrow(first.id);
  });
});

test('a new key seals what is new, and the one before opens what is old', async () => {
  const old = await put(Buffer.from('old'));
  const both = sealedBy(second, first);
  const fresh = await put(Buffer.from('new'), both);
  expect((await buffer(await both.read(old))).toString()).toBe('old');
  expect((await buffer(await both.read(fresh))).toString()).toBe('new');
  await expect(store.read(fresh).then(buffer)).rejects.toThrow(second.id);
});
