import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { createHashing, createSpool } from '../../src/attachments/index.ts';
import { openBelow } from '../support/descriptors.ts';
import { mayMount, mountSmallDisk } from '../support/small-disk.ts';

const KB = 1024;
const MB = 1024 * KB;
const NO_LIMIT = 50 * MB;

const hashing = createHashing();
let root: string;
let folder: string;
let spool: ReturnType<typeof createSpool>;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'docket-spool-'));
  folder = join(root, 'deep', 'spool');
  spool = spoolIn(folder);
  await spool.prepare();
});
afterAll(async () => {
  await hashing.close();
  await rm(root, { recursive: true });
});
afterEach(() => vi.waitFor(async () => expect(await openBelow(folder)).toEqual([])));

function spoolIn(folder: string, reserve = 0) {
  return createSpool({ folder, fileMode: 0o640, dirMode: 0o750, hashing, reserve });
}

/** The bytes in pieces of these sizes, over and over; then, where there is one, the error. */
async function* pieces(bytes: Uint8Array, sizes: number[], error?: Error): AsyncIterable<Uint8Array> {
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? bytes.length;
    yield bytes.subarray(at, at + size);
    at += size;
  }
  if (error) throw error;
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

describe('what comes in', () => {
  test.each([
    ...[1, 64 * KB, 256 * KB - 1, 256 * KB, 256 * KB + 1, 512 * KB - 1, 512 * KB, 512 * KB + 1],
    ...[8 * MB - 1, 8 * MB, 8 * MB + 1, 20_000_000],
  ])('is there to the byte, counted and hashed: %i bytes', async (size) => {
    const bytes = randomBytes(size);
    const file = await spool.receive('whole', pieces(bytes, [64 * KB]), NO_LIMIT);
    expect(file).toEqual({ path: join(folder, 'whole'), size, sha256: sha256(bytes) });
    expect(bytes.equals(await readFile(file.path))).toBe(true);
    await spool.remove('whole');
  });

  test('in pieces of any size', async () => {
    const source = randomBytes(600 * KB);
    const sizes = fc
      .array(fc.nat(150 * KB), { minLength: 1, maxLength: 5 })
      .filter((all) => all.some(Boolean));
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: source.length }), sizes, async (size, pieceSizes) => {
        const bytes = source.subarray(0, size);
        const file = await spool.receive('pieces', pieces(bytes, pieceSizes), NO_LIMIT);
        expect(file).toMatchObject({ size, sha256: sha256(bytes) });
        expect(bytes.equals(await readFile(file.path))).toBe(true);
        await spool.remove('pieces');
      }),
      { numRuns: 60 },
    );
  });

  test('beside others', async () => {
    const files = Array.from({ length: 8 }, (_, index) => ({
      id: `beside-${index}`,
      bytes: randomBytes(MB),
    }));
    const received = await Promise.all(
      files.map(({ id, bytes }) => spool.receive(id, pieces(bytes, [30_011]), NO_LIMIT)),
    );
    expect(received.map((file) => file.sha256)).toEqual(files.map(({ bytes }) => sha256(bytes)));
    expect((await spool.ids()).sort()).toEqual(files.map(({ id }) => id));
    await Promise.all(files.map(({ id }) => spool.remove(id)));
  });

  test('is nobody else’s to read or to run', async () => {
    await spool.receive('mode', pieces(Buffer.from('It burns.'), [4]), NO_LIMIT);
    expect((await stat(join(folder, 'mode'))).mode & 0o137).toBe(0);
    expect((await stat(folder)).mode & 0o027).toBe(0);
    await spool.remove('mode');
  });

  test('never goes into a file that is there already', async () => {
    const first = Buffer.from('first');
    const { path } = await spool.receive('taken', pieces(first, [5]), NO_LIMIT);
    await expect(spool.receive('taken', pieces(Buffer.from('second'), [5]), NO_LIMIT)).rejects.toThrow(
      'EEXIST',
    );
    expect(first.equals(await readFile(path))).toBe(true);
    await spool.remove('taken');
  });

  test('is removed, also when it is not there', async () => {
    await spool.remove('nothing');
    expect(await spool.ids()).toEqual([]);
  });
});

describe('what is refused leaves no file and no descriptor', () => {
  afterEach(async () => expect(await readdir(folder)).toEqual([]));

  test('nothing at all', async () => {
    await expect(spool.receive('empty', pieces(Buffer.alloc(0), [1]), NO_LIMIT)).rejects.toMatchObject({
      code: 'file_empty',
    });
  });

  test('a source that fails, whenever it does', async () => {
    const source = randomBytes(1_200 * KB);
    const cut = new Error('the line was cut');
    await fc.assert(
      fc.asyncProperty(fc.nat(source.length), fc.integer({ min: 1, max: 300 * KB }), async (at, piece) => {
        const bytes = pieces(source.subarray(0, at), [piece], cut);
        await expect(spool.receive('cut', bytes, NO_LIMIT)).rejects.toBe(cut);
        expect(await readdir(folder)).toEqual([]);
      }),
      { numRuns: 25 },
    );
  });

  test.each([1, 1000, 256 * KB, 512 * KB, MB])(
    'the byte beyond a limit of %i, and not the one before',
    async (limit) => {
      const bytes = randomBytes(limit + 1);
      const file = await spool.receive('limit', pieces(bytes.subarray(0, limit), [999]), limit);
      expect(file.size).toBe(limit);
      await spool.remove('limit');
      await expect(spool.receive('limit', pieces(bytes, [999]), limit)).rejects.toMatchObject({
        code: 'file_too_large',
        details: { limit },
      });
    },
  );

  test('what comes after the limit is not even asked for', async () => {
    const asked = vi.fn();
    async function* endless() {
      try {
        for (;;) {
          asked();
          yield Buffer.alloc(1000);
        }
      } finally {
        asked('closed');
      }
    }
    await expect(spool.receive('endless', endless(), 9_500)).rejects.toMatchObject({
      code: 'file_too_large',
    });
    expect(asked).toHaveBeenCalledTimes(11);
    expect(asked).toHaveBeenLastCalledWith('closed');
  });

  test('a file whose digest cannot be had', async () => {
    const died = new Error('the hashing thread has ended');
    const hash = { add: vi.fn(), advance: vi.fn(), finish: () => Promise.reject(died), abandon: vi.fn() };
    const options = { folder, fileMode: 0o640, dirMode: 0o750, reserve: 0 };
    const unhashed = createSpool({ ...options, hashing: { of: () => hash, close: async () => {} } });
    await expect(unhashed.receive('unhashed', pieces(randomBytes(MB), [MB]), NO_LIMIT)).rejects.toBe(died);
    expect(hash.abandon).toHaveBeenCalledOnce();
  });
});

describe('room', () => {
  test('the reserve stays untouched by what is announced', async () => {
    const { bavail, bsize } = await statfs(folder);
    const free = bavail * bsize;
    await spoolIn(folder, free - 300 * MB).checkRoom(1 * MB);
    await expect(spoolIn(folder, free - 300 * MB).checkRoom(600 * MB)).rejects.toMatchObject({
      code: 'storage_full',
    });
  });

  test.runIf(mayMount)('nor by what was not announced', async () => {
    const disk = await mountSmallDisk('size=32m');
    try {
      const small = spoolIn(disk.folder, 20 * MB);
      const bytes = pieces(Buffer.alloc(16 * MB), [MB]);
      await expect(small.receive('large', bytes, NO_LIMIT)).rejects.toMatchObject({ code: 'storage_full' });
      expect(await readdir(disk.folder)).toEqual([]);
    } finally {
      await disk.unmount();
    }
  });

  test.runIf(mayMount)('nor by many at once, each of which alone would fit', async () => {
    const disk = await mountSmallDisk('size=32m');
    try {
      const small = spoolIn(disk.folder, 20 * MB);
      const names = ['one', 'two', 'three', 'four'];
      const outcomes = await Promise.allSettled(
        names.map((name) => small.receive(name, pieces(Buffer.alloc(5 * MB), [64 * KB]), NO_LIMIT)),
      );
      const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
      expect(refused.map(({ reason }) => reason.code)).toContain('storage_full');
      const free = async () => {
        const { bavail, bsize } = await statfs(disk.folder);
        return bavail * bsize;
      };
      expect(await free()).toBeGreaterThanOrEqual(20 * MB);

      for (const name of names) await small.remove(name);
      // The thread that hashed a refused one lets go of it a moment later, and only then has the disk its room back.
      await vi.waitFor(async () => expect(await free()).toBeGreaterThan(31 * MB));
      const later = await small.receive('later', pieces(Buffer.alloc(8 * MB), [MB]), NO_LIMIT);
      expect(later.size).toBe(8 * MB);
    } finally {
      await disk.unmount();
    }
  });

  test.runIf(mayMount).each([
    ['bytes', 'size=1m'],
    ['files', 'size=64m,nr_inodes=2'],
  ])(
    'a disk without any more %s is storage_full, leaves nothing, and works again later',
    async (_, options) => {
      const disk = await mountSmallDisk(options);
      try {
        const small = spoolIn(disk.folder);
        const filler = options.includes('inodes') ? 'filler' : undefined;
        if (filler) await small.receive(filler, pieces(Buffer.from('x'), [1]), NO_LIMIT);
        const before = await readdir(disk.folder);
        const bytes = randomBytes(2 * MB);
        await expect(small.receive('large', pieces(bytes, [64 * KB]), NO_LIMIT)).rejects.toMatchObject({
          code: 'storage_full',
        });
        expect(await readdir(disk.folder)).toEqual(before);
        await vi.waitFor(async () => expect(await openBelow(disk.folder)).toEqual([]));

        if (filler) await small.remove(filler);
        const fitting = bytes.subarray(0, 500 * KB);
        const file = await small.receive('fitting', pieces(fitting, [64 * KB]), NO_LIMIT);
        expect(file.sha256).toBe(sha256(fitting));
      } finally {
        await disk.unmount();
      }
    },
  );
});
