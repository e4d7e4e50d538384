import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { type FileHandle, mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createHashing, type Hashing } from '../../src/attachments/hashing.ts';

const KB = 1024;
const MB = 1024 * KB;

let folder: string;
const hashing: Hashing = createHashing();
const files: FileHandle[] = [];
const workers: Worker[] = [];
const seen = (worker: Worker) => void workers.push(worker);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'docket-hashing-'));
  process.on('worker', seen);
});
afterAll(async () => {
  process.off('worker', seen);
  await hashing.close();
  await rm(folder, { recursive: true });
});
afterEach(async () => {
  await Promise.all(files.splice(0).map((file) => file.close()));
});

/** The descriptor of a file with these bytes, which has lost its name. */
async function fileOf(bytes: Uint8Array): Promise<number> {
  const path = join(folder, randomUUID());
  await writeFile(path, bytes);
  const file = await open(path);
  await rm(path);
  files.push(file);
  return file.fd;
}

/** A descriptor that is none: no process has so many. */
const CLOSED = 2 ** 30;

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Hashed from the first byte to the last. */
async function hashed(bytes: Uint8Array, by = hashing): Promise<string> {
  const hash = by.of(await fileOf(bytes));
  hash.add(bytes);
  hash.advance(bytes.length);
  return hash.finish(bytes.length);
}

/** A file in the hands of a worker that is at work. */
async function begun(size = 2 * MB, by = hashing) {
  await hashed(randomBytes(MB), by);
  const bytes = randomBytes(size);
  const hash = by.of(await fileOf(bytes));
  hash.add(bytes);
  hash.advance(MB);
  return { hash, bytes };
}

describe('the digest is that of node:crypto', () => {
  test.each([
    ...[1, 2, 64 * KB, 256 * KB - 1, 256 * KB, 256 * KB + 1],
    ...[512 * KB - 1, 512 * KB, 512 * KB + 1, MB - 1, MB, MB + 1, 20_000_000],
  ])('for %i bytes, told of in batches', async (size) => {
    const bytes = randomBytes(size);
    const hash = hashing.of(await fileOf(bytes));
    for (let at = 0; at < size; at += 256 * KB) {
      hash.advance(at);
      hash.add(bytes.subarray(at, at + 256 * KB));
    }
    expect(await hash.finish(size)).toBe(sha256(bytes));
  });

  test('of the first bytes only, however long the file is', async () => {
    const bytes = randomBytes(3 * MB);
    const hash = hashing.of(await fileOf(bytes));
    hash.add(bytes);
    hash.advance(MB);
    expect(await hash.finish(2 * MB + 1)).toBe(sha256(bytes.subarray(0, 2 * MB + 1)));
  });

  test('for many files that grow side by side', async () => {
    const files = await Promise.all(
      Array.from({ length: 12 }, async (_, index) => {
        const bytes = randomBytes(600 * KB + index * 100_003);
        const hash = hashing.of(await fileOf(bytes));
        hash.add(bytes);
        return { bytes, hash };
      }),
    );
    for (let at = 512 * KB; at < MB; at += 64 * KB) {
      for (const { hash, bytes } of files) if (at < bytes.length) hash.advance(at);
    }
    const digests = await Promise.all(files.map(({ hash, bytes }) => hash.finish(bytes.length)));
    expect(digests).toEqual(files.map(({ bytes }) => sha256(bytes)));
  });
});

describe('what cannot be hashed is refused', () => {
  test('a large file shorter than what was said to be there', async () => {
    const hash = hashing.of(await fileOf(randomBytes(50)));
    hash.add(Buffer.alloc(2 * MB));
    hash.advance(2 * MB);
    await expect(hash.finish(2 * MB)).rejects.toThrow('shorter');
  });

  test('a large file that was closed', async () => {
    const hash = hashing.of(CLOSED);
    hash.add(Buffer.alloc(2 * MB));
    hash.advance(2 * MB);
    await expect(hash.finish(2 * MB)).rejects.toThrow('EBADF');
  });

  test('and the next file is hashed all the same', async () => {
    const lost = hashing.of(CLOSED);
    lost.add(Buffer.alloc(MB));
    lost.advance(MB);
    await expect(lost.finish(MB)).rejects.toThrow();
    const { hash, bytes } = await begun();
    expect(await hash.finish(bytes.length)).toBe(sha256(bytes));
  });
});

describe('a worker that dies', () => {
  /** The one at work. The message is one that it does not understand. */
  const killed = () => workers.at(-1)?.postMessage(null);
  const ended = () => workers.at(-1)?.terminate();

  test('of an error refuses the file it was to finish, and the next file is hashed', async () => {
    const { hash, bytes } = await begun(20_000_000);
    // It takes its messages in order, so it never gets to the second.
    killed();
    await expect(hash.finish(bytes.length)).rejects.toThrow();
    const next = await begun(3 * MB);
    expect(await next.hash.finish(next.bytes.length)).toBe(sha256(next.bytes));
  });

  test('without a word refuses the file it was to finish, and the next file is hashed', async () => {
    const { hash, bytes } = await begun(20_000_000);
    const refused = expect(hash.finish(bytes.length)).rejects.toThrow('ended');
    await ended();
    await refused;
    const next = await begun(3 * MB);
    expect(await next.hash.finish(next.bytes.length)).toBe(sha256(next.bytes));
  });

  test.each([
    ['of an error', killed],
    ['without a word', ended],
  ])('%s between two batches loses nothing: its successor begins anew', async (_, kill) => {
    const { hash, bytes } = await begun();
    const dead = new Promise((resolve) => workers.at(-1)?.once('exit', resolve));
    void kill();
    await dead;
    hash.advance(bytes.length - 1);
    expect(await hash.finish(bytes.length)).toBe(sha256(bytes));
  });
});

describe('giving up', () => {
  test('leaves the thread, and the descriptor, to the next file', async () => {
    const { hash } = await begun();
    hash.abandon();
    await files.pop()?.close();
    const bytes = randomBytes(2 * MB);
    expect(await hashed(bytes)).toBe(sha256(bytes));
  });

  test('while the digest is awaited refuses it', async () => {
    const { hash, bytes } = await begun(20_000_000);
    const finished = hash.finish(bytes.length);
    hash.abandon();
    await expect(finished).rejects.toThrow('given up');
  });

  test('closing refuses what is awaited', async () => {
    const closing = createHashing();
    const { hash, bytes } = await begun(20_000_000, closing);
    const finished = hash.finish(bytes.length);
    await Promise.all([expect(finished).rejects.toThrow('closed'), closing.close()]);
  });
});
