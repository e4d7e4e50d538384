import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { Refusal } from '../refusals.ts';
import { createBatchedWriter } from './batched-writer.ts';
import type { FileHash, Hashing } from './hashing.ts';
import { createRoom, type RoomClaim } from './room.ts';

/** A whole file on its way: on local disk, counted and hashed. */
export interface SpooledFile {
  path: string;
  size: number;
  sha256: string;
}

/** Who reads a file while it is written. */
export interface Follower {
  /** The first `size` bytes may be read. */
  advance(size: number): void;
}

export interface SpoolOptions {
  folder: string;
  fileMode: number;
  dirMode: number;
  hashing: Hashing;
  /** Free bytes to leave on the disk, so that the database's log never hits the wall. */
  reserve: number;
}

/** Written bytes are pushed to the disk this often, so that the store has little left to wait for. */
const SYNC_EVERY = 8 * 1024 * 1024;

export type Spool = ReturnType<typeof createSpool>;

/** Local disk for bytes on their way. One file for each upload, named by its id; nobody reads it but us. */
export function createSpool({ folder, fileMode, dirMode, hashing, reserve }: SpoolOptions) {
  const pathOf = (id: string) => join(folder, id);
  const room = createRoom(folder, reserve);

  async function prepare(): Promise<void> {
    await mkdir(folder, { recursive: true, mode: dirMode });
  }

  /** Throws unless a file can be made. */
  async function check(): Promise<void> {
    const id = randomUUID();
    const handle = await open(pathOf(id), constants.O_CREAT | constants.O_EXCL, fileMode);
    await handle.close();
    await remove(id);
  }

  /**
   * Writes what `bytes` yields, at most `limit` of it, and tells its size and SHA-256. Throws `file_too_large` at
   * the byte beyond the limit, `file_empty` when there is none, `storage_full` when the disk is, and whatever
   * `bytes` throws; the file is gone then. `behind` is told as its bytes arrive.
   */
  async function receive(
    id: string,
    bytes: AsyncIterable<Uint8Array>,
    limit: number,
    behind?: Follower,
  ): Promise<SpooledFile> {
    return opened(id, async (handle, claim) => {
      const hash = hashing.of(handle.fd);
      try {
        const size = await write(handle, bytes, limit, claim, { hash, behind });
        if (size === 0) throw new Refusal('file_empty');
        const [sha256] = await Promise.all([
          hash.finish(size),
          !behind && size > SYNC_EVERY && handle.datasync(),
        ]);
        return { path: pathOf(id), size, sha256 };
      } catch (error) {
        hash.abandon();
        throw error;
      }
    });
  }

  /** The same for one piece of a file, which may be empty and is not hashed. */
  async function receivePiece(
    id: string,
    bytes: AsyncIterable<Uint8Array>,
    limit: number,
  ): Promise<{ path: string; size: number }> {
    return opened(id, async (handle, claim) => ({
      path: pathOf(id),
      size: await write(handle, bytes, limit, claim),
    }));
  }

  /** Does `work` on a new file, which is gone when that fails. */
  async function opened<Result>(
    id: string,
    work: (handle: FileHandle, claim: RoomClaim) => Promise<Result>,
  ): Promise<Result> {
    const flags = constants.O_CREAT | constants.O_EXCL | constants.O_RDWR;
    const handle = await open(pathOf(id), flags, fileMode).catch(refuseFull);
    const claim = room.claim();
    try {
      return await work(handle, claim);
    } catch (error) {
      await remove(id);
      return refuseFull(error);
    } finally {
      claim.end();
      await handle.close();
    }
  }

  async function write(
    handle: FileHandle,
    bytes: AsyncIterable<Uint8Array>,
    limit: number,
    claim: RoomClaim,
    { hash, behind }: { hash?: FileHash; behind?: Follower | undefined } = {},
  ): Promise<number> {
    let lastSync = 0;
    const writer = createBatchedWriter(handle, async (written) => {
      hash?.advance(written);
      behind?.advance(written);
      claim.written(written);
      if (behind || written - lastSync < SYNC_EVERY) return;
      lastSync = written;
      await handle.datasync();
    });
    try {
      let size = 0;
      for await (const chunk of bytes) {
        size += chunk.length;
        if (size > limit) throw new Refusal('file_too_large', { limit });
        hash?.add(chunk);
        await claim.cover(size);
        await writer.add(chunk);
      }
      await writer.end();
      return size;
    } finally {
      await writer.settle();
    }
  }

  async function remove(id: string): Promise<void> {
    await unlink(pathOf(id)).catch((error: unknown) => {
      if (!isCode(error, 'ENOENT')) throw error;
    });
  }

  /** The ids of every upload that has a file here. */
  async function ids(): Promise<string[]> {
    return readdir(folder);
  }

  /** In bytes; 0 for a file that is gone. */
  async function sizeOf(id: string): Promise<number> {
    try {
      return (await stat(pathOf(id))).size;
    } catch (error) {
      if (!isCode(error, 'ENOENT')) throw error;
      return 0;
    }
  }

  return { prepare, check, pathOf, checkRoom: room.check, receive, receivePiece, remove, ids, sizeOf };
}

/** Rethrows; a disk without room, for bytes or for one more name, is a refusal. */
function refuseFull(error: unknown): never {
  if (!isCode(error, 'ENOSPC') && !isCode(error, 'EDQUOT')) throw error;
  throw new Refusal('storage_full', {}, { cause: error });
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
