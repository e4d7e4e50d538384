import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { Refusal } from '../refusals.ts';
import { createBatchedWriter } from './batched-writer.ts';
import type { FileHash, Hashing } from './hashing.ts';

/** A whole file on its way: on local disk, counted and hashed. */
export interface SpooledFile {
  path: string;
  size: number;
  sha256: string;
}

export interface SpoolOptions {
  folder: string;
  fileMode: number;
  dirMode: number;
  hashing: Hashing;
  /** Free bytes to leave on the disk, so that the database's log never hits the wall. */
  reserve: number;
}

/** Written bytes are pushed to the disk this often, so that little is left to wait for after the last one. */
const SYNC_EVERY = 8 * 1024 * 1024;
const CHECK_EVERY = 8 * 1024 * 1024;

export type Spool = ReturnType<typeof createSpool>;

/** Local disk for bytes on their way. One file for each upload, named by its id; nobody reads it but us. */
export function createSpool({ folder, fileMode, dirMode, hashing, reserve }: SpoolOptions) {
  const pathOf = (id: string) => join(folder, id);

  async function prepare(): Promise<void> {
    await mkdir(folder, { recursive: true, mode: dirMode });
  }

  /** Throws `storage_full` unless `expected` more bytes leave the reserve untouched. */
  async function checkRoom(expected: number): Promise<void> {
    const { bavail, bsize } = await statfs(folder);
    if (bavail * bsize - expected < reserve) throw new Refusal('storage_full');
  }

  let unchecked = 0;

  /**
   * Looks at the free space again after so many bytes, whichever uploads wrote them: many small ones fill a disk as
   * one large one does. Throws `storage_full`, and goes on looking, while the reserve is touched.
   */
  async function keepReserve(more: number): Promise<void> {
    unchecked += more;
    if (unchecked < CHECK_EVERY) return;
    await checkRoom(0);
    unchecked = 0;
  }

  /**
   * Writes what `bytes` yields, at most `limit` of it, and tells its size and SHA-256. Throws `file_too_large` at
   * the byte beyond the limit, `file_empty` when there is none, `storage_full` when the disk is, and whatever
   * `bytes` throws; the file is gone then.
   */
  async function receive(id: string, bytes: AsyncIterable<Uint8Array>, limit: number): Promise<SpooledFile> {
    const path = pathOf(id);
    const handle = await open(path, constants.O_CREAT | constants.O_EXCL | constants.O_RDWR, fileMode).catch(
      refuseFull,
    );
    const hash = hashing.of(path);
    try {
      const size = await write(handle, bytes, limit, hash);
      if (size === 0) throw new Refusal('file_empty');
      const [sha256] = await Promise.all([hash.finish(size), handle.datasync()]);
      return { path, size, sha256 };
    } catch (error) {
      hash.abandon();
      await rm(path, { force: true });
      return refuseFull(error);
    } finally {
      await handle.close();
    }
  }

  async function write(
    handle: FileHandle,
    bytes: AsyncIterable<Uint8Array>,
    limit: number,
    hash: FileHash,
  ): Promise<number> {
    let [written, synced] = [0, 0];
    const writer = createBatchedWriter(handle, async (position) => {
      hash.advance(position);
      await keepReserve(position - written);
      written = position;
      if (written - synced < SYNC_EVERY) return;
      synced = written;
      await handle.datasync();
    });
    try {
      let size = 0;
      for await (const chunk of bytes) {
        size += chunk.length;
        if (size > limit) throw new Refusal('file_too_large', { limit });
        await writer.add(chunk);
      }
      await writer.end();
      return size;
    } finally {
      await writer.settle();
    }
  }

  async function remove(id: string): Promise<void> {
    await rm(pathOf(id), { force: true });
  }

  /** The ids of every upload that has a file here. */
  async function ids(): Promise<string[]> {
    return readdir(folder);
  }

  return { prepare, checkRoom, receive, remove, ids };
}

/** Rethrows; a disk without room, for bytes or for one more name, is a refusal. */
function refuseFull(error: unknown): never {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOSPC' || code === 'EDQUOT') throw new Refusal('storage_full', {}, { cause: error });
  throw error;
}
