import { randomBytes, randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MissingObject, type Store } from '../../src/attachments/store/store.ts';

export interface StoreUnderTest {
  store: Store;
  /** A local file with these bytes, as the spool leaves one; resolves to its path. */
  spooled(bytes: Uint8Array): Promise<string>;
  close(): Promise<void>;
}

const FUTURE = new Date('2100-01-01');

/** What `Store` promises, for any implementation. `open` makes one that is empty. */
export function storeContract(open: () => Promise<StoreUnderTest>): void {
  let under: StoreUnderTest;
  let store: Store;
  beforeAll(async () => {
    under = await open();
    store = under.store;
  });
  afterAll(() => under?.close());

  async function put(key: string, bytes: Uint8Array): Promise<void> {
    await store.put(key, await under.spooled(bytes));
  }
  async function bytesOf(key: string, range?: { start: number; end: number }): Promise<Buffer> {
    return buffer(await store.read(key, range));
  }
  async function keysBelow(prefix: string, olderThan = FUTURE): Promise<string[]> {
    const keys: string[] = [];
    for await (const { key } of store.list(prefix, olderThan)) keys.push(key);
    return keys.sort();
  }
  const newKey = () => `tickets/${randomUUID()}/${randomUUID()}`;

  describe('put and read', () => {
    test.each([1, 1000, 512 * 1024, 3_000_001])('give back %i bytes exactly', async (size) => {
      const [key, bytes] = [newKey(), randomBytes(size)];
      await put(key, bytes);
      expect(bytes.equals(await bytesOf(key))).toBe(true);
      expect(await store.stat(key)).toEqual({ key, size, modifiedAt: expect.any(Date) });
    });

    test('take the file that is put', async () => {
      const path = await under.spooled(Buffer.from('x'));
      await store.put(newKey(), path);
      await expect(stat(path)).rejects.toThrow('ENOENT');
    });

    test('a second put under the same key takes the place of the first', async () => {
      const key = newKey();
      await put(key, Buffer.from('the first, which is longer'));
      await put(key, Buffer.from('the second'));
      expect((await bytesOf(key)).toString()).toBe('the second');
      expect((await store.stat(key))?.size).toBe(10);
    });

    test('whoever reads meanwhile gets one of them, whole', async () => {
      const key = newKey();
      const versions = Array.from({ length: 6 }, (_, index) => Buffer.alloc(600_000, `${index}`));
      const isWhole = (bytes: Buffer) => versions.some((version) => version.equals(bytes));
      await put(key, versions[0] ?? Buffer.of());
      const reading = Promise.all(Array.from({ length: 12 }, () => bytesOf(key)));
      await Promise.all(versions.map((bytes) => put(key, bytes)));
      expect((await reading).every(isWhole)).toBe(true);
      expect(isWhole(await bytesOf(key))).toBe(true);
    });

    test('beside each other, into the same new folder', async () => {
      const folder = `tickets/${randomUUID()}`;
      const files = Array.from({ length: 16 }, (_, index) => ({
        key: `${folder}/${randomUUID()}`,
        bytes: randomBytes(1000 + index),
      }));
      await Promise.all(files.map(({ key, bytes }) => put(key, bytes)));
      for (const { key, bytes } of files) expect(bytes.equals(await bytesOf(key))).toBe(true);
      expect(await keysBelow(`${folder}/`)).toEqual(files.map(({ key }) => key).sort());
    });

    test('what was opened is read to its end, whatever becomes of the object', async () => {
      const [key, bytes] = [newKey(), randomBytes(2_000_000)];
      await put(key, bytes);
      const opened = await store.read(key);
      await store.remove(key);
      expect(bytes.equals(await buffer(opened))).toBe(true);
    });

    test('a put of a file that is not there leaves no object', async () => {
      const key = newKey();
      await expect(store.put(key, '/nowhere/at/all')).rejects.toThrow();
      expect(await store.stat(key)).toBeUndefined();
    });
  });

  describe('a range', () => {
    test('is the bytes from its start to its end, both included', async () => {
      const [key, bytes] = [newKey(), randomBytes(10_000)];
      await put(key, bytes);
      const ends = fc.tuple(fc.nat(9_999), fc.nat(9_999)).map((two) => two.sort((a, b) => a - b));
      await fc.assert(
        fc.asyncProperty(ends, async ([start = 0, end = 0]) => {
          const part = await bytesOf(key, { start, end });
          expect(part.equals(bytes.subarray(start, end + 1))).toBe(true);
        }),
        { numRuns: 30, examples: [[[0, 0]], [[9_999, 9_999]], [[0, 9_999]]] },
      );
    });
  });

  describe('what is not there', () => {
    test('cannot be read, and says so before the first byte', async () => {
      await expect(store.read(newKey())).rejects.toBeInstanceOf(MissingObject);
      await expect(store.read(newKey(), { start: 0, end: 0 })).rejects.toBeInstanceOf(MissingObject);
    });

    test('has no stat', async () => expect(await store.stat(newKey())).toBeUndefined());

    test('cannot be copied', async () => {
      const to = newKey();
      await expect(store.copy(newKey(), to)).rejects.toBeInstanceOf(MissingObject);
      expect(await store.stat(to)).toBeUndefined();
    });

    test('can be removed, and again', async () => {
      const key = newKey();
      await put(key, Buffer.from('x'));
      await store.remove(key);
      await store.remove(key);
      await store.remove(newKey());
      expect(await store.stat(key)).toBeUndefined();
    });
  });

  describe('copy', () => {
    test('makes the same bytes under another key, and twice is as good as once', async () => {
      const [from, to, bytes] = [`staged/${randomUUID()}`, newKey(), randomBytes(100_000)];
      await put(from, bytes);
      await store.copy(from, to);
      await store.copy(from, to);
      expect(bytes.equals(await bytesOf(to))).toBe(true);
      await Promise.all([store.copy(from, to), store.copy(from, to)]);
      await store.remove(from);
      expect(bytes.equals(await bytesOf(to))).toBe(true);
    });

    test('stays as it is when its original is replaced', async () => {
      const [from, to] = [newKey(), newKey()];
      await put(from, Buffer.from('as it was'));
      await store.copy(from, to);
      await put(from, Buffer.from('as it is'));
      expect((await bytesOf(to)).toString()).toBe('as it was');
    });
  });

  describe('list', () => {
    test('knows every object below its prefix, however deep, and no other', async () => {
      const ticket = randomUUID();
      const keys = ['a', 'b/c', 'b/d/e'].map((rest) => `tickets/${ticket}/${rest}`).sort();
      for (const key of [...keys, `tickets/${ticket}0/a`]) await put(key, Buffer.from('x'));
      expect(await keysBelow(`tickets/${ticket}/`)).toEqual(keys);
      expect(await keysBelow(`tickets/${ticket}/b/`)).toEqual(keys.slice(1));
      expect(await keysBelow('tickets/')).toEqual(expect.arrayContaining(keys));
    });

    test('tells size and age', async () => {
      const key = newKey();
      await put(key, Buffer.from('12345'));
      for await (const object of store.list(`${key.slice(0, key.lastIndexOf('/'))}/`, FUTURE)) {
        const { modifiedAt, ...stated } = (await store.stat(key)) ?? { modifiedAt: new Date(0) };
        expect(object).toEqual({ ...stated, modifiedAt: expect.any(Date) });
        expect(object.size).toBe(5);
        // HTTP tells seconds.
        expect(Math.abs(object.modifiedAt.getTime() - modifiedAt.getTime())).toBeLessThan(1_000);
        expect(Math.abs(object.modifiedAt.getTime() - Date.now())).toBeLessThan(60_000);
      }
      expect.assertions(4);
    });

    test('leaves out what is not older than asked', async () => {
      const key = newKey();
      const folder = `${key.slice(0, key.lastIndexOf('/'))}/`;
      await put(key, Buffer.from('x'));
      expect(await keysBelow(folder, new Date(Date.now() - 60_000))).toEqual([]);
      expect(await keysBelow(folder, new Date(Date.now() + 60_000))).toEqual([key]);
    });

    test('of what is not there is empty', async () => {
      expect(await keysBelow(`nothing-${randomUUID()}/`)).toEqual([]);
    });

    test('goes on while objects come and go', async () => {
      const keys = Array.from({ length: 60 }, (_, index) => `coming/${index % 6}/${randomUUID()}`);
      await Promise.all(keys.map((key) => put(key, Buffer.from('x'))));
      const seen: string[] = [];
      for await (const { key } of store.list('coming/', FUTURE)) {
        seen.push(key);
        const going = keys.filter((_, index) => index % 2 === 1).slice(seen.length * 3 - 3, seen.length * 3);
        await Promise.all(going.map((one) => store.remove(one)));
        if (seen.length < 20) await put(`coming/new-${seen.length}/${randomUUID()}`, Buffer.from('x'));
      }
      expect(seen).toEqual(expect.arrayContaining(keys.filter((_, index) => index % 2 === 0)));
    });
  });

  describe('a malformed key is nobody’s', () => {
    const everywhere = async (key: string) => {
      const path = await under.spooled(Buffer.from('x'));
      const good = newKey();
      await put(good, Buffer.from('good'));
      const list = async () => {
        for await (const _ of store.list(key, FUTURE)) throw new Error('listed');
      };
      for (const use of [
        () => store.put(key, path),
        () => store.read(key),
        () => store.stat(key),
        () => store.remove(key),
        () => store.copy(key, good),
        () => store.copy(good, key),
        list,
      ]) {
        await expect(use(), JSON.stringify(key).slice(0, 100)).rejects.toThrow('malformed storage key');
      }
      expect((await bytesOf(good)).toString()).toBe('good');
    };

    test.each([
      ...['', '/', '/etc/passwd', '..', '.', '...', '../a', 'a/../b', 'a/..', 'a/./b', 'a//b', '//a'],
      ...['a\0', 'a/b\0.txt', 'a\\..\\b', 'C:\\a', 'a b', 'ä', '\u202e', '%2e%2e/a', '~', 'a\n', 'a/b\n'],
      ...['*', 'a/*', 'a?', '[a]', '{a,b}', 'a|b', '$(a)', '`a`', '-'.repeat(129)],
    ])('%j', everywhere);

    test('longer than a row can remember', () => everywhere(`${'x/'.repeat(256)}x`));

    test('whatever is put into one', async () => {
      const bad = fc.oneof(
        fc.constantFrom('..', '.', '', '*', '?', '\0', '~', '%', '\\', ' ', '\n', '../..', 'é', ':', ';'),
        fc.string({ minLength: 1 }).filter((text) => !/[A-Za-z0-9._-]/.test(text) && !text.includes('/')),
      );
      const segment = fc.stringMatching(/^[a-z0-9]{1,8}$/);
      const key = fc
        .tuple(fc.array(segment), bad, fc.array(segment))
        .map(([before, between, after]) => [...before, between, ...after].join('/'))
        // A slash at the end of a prefix is how a folder is asked for.
        .filter((text) => !/^[a-z0-9]+(\/[a-z0-9]+)*\/$/.test(text));
      await fc.assert(fc.asyncProperty(key, everywhere), { numRuns: 40 });
    });
  });
}
