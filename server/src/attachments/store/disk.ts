import { randomUUID } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import {
  chmod,
  copyFile,
  type FileHandle,
  link,
  mkdir,
  open,
  opendir,
  rename,
  rm,
  stat,
  unlink,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { Refusal } from '../../refusals.ts';
import { type ByteRange, checkedKey, MissingObject, type Store, type StoredObject } from './store.ts';

export interface DiskStoreOptions {
  /** The folder of the objects; on the filesystem of whatever is put. */
  root: string;
  fileMode: number;
  dirMode: number;
}

/** Large reads keep the disk and the socket busy; 64 KiB, the default, costs a third of the speed. */
const READ_SIZE = 512 * 1024;

const MOST_REMEMBERED = 10_000;

/** What nobody but Docket may reach, in a folder of its own. */
const CLOSED = { folder: 'quarantine', fileMode: 0o600, dirMode: 0o700 };

/** Objects as files of their key below one folder. Those in quarantine are open to nobody but their owner. */
export function createDiskStore({ root, fileMode, dirMode }: DiskStoreOptions): Store {
  const pathOf = (key: string) => join(root, checkedKey(key));
  const closed = join(root, CLOSED.folder);
  const fileModeOf = (path: string) => (dirname(path) === closed ? CLOSED.fileMode : fileMode);
  const dirModeOf = (folder: string) => (folder === closed ? CLOSED.dirMode : dirMode);

  /** Folders whose names are known to be on the disk for good. */
  const safe = new Set<string>();

  /**
   * Makes the folder where it is missing; its name and those above it, up to the root's, are durable then. That a folder
   * is there does not mean that: another put may be making it, or one that never got to its end.
   */
  async function ensureFolder(folder: string): Promise<void> {
    const first = await mkdir(folder, { recursive: true, mode: dirModeOf(folder) });
    if (safe.size > MOST_REMEMBERED) safe.clear();
    for (let one = folder; one.length >= root.length; one = dirname(one)) {
      const made = first !== undefined && one.length >= first.length;
      if (made) await chmod(one, dirModeOf(one));
      else if (safe.has(one)) continue;
      await syncFolder(dirname(one));
      safe.add(one);
    }
  }

  /** Gives a name in a folder that is there for good; one that somebody has removed is made again. */
  async function inFolder(folder: string, name: () => Promise<void>): Promise<void> {
    if (!safe.has(folder)) await ensureFolder(folder);
    try {
      await name();
    } catch (error) {
      if (!isCode(error, 'ENOENT')) throw error;
      await ensureFolder(folder);
      await name();
    }
    await syncFolder(folder);
  }

  async function put(key: string, path: string): Promise<void> {
    const target = pathOf(key);
    await refusingFull(async () => {
      await syncFile(path, fileModeOf(target));
      await inFolder(dirname(target), () => rename(path, target));
    });
  }

  async function openObject(key: string): Promise<FileHandle> {
    return open(pathOf(key), 'r').catch(missing(key));
  }

  async function read(key: string, range?: ByteRange): Promise<Readable> {
    const handle = await openObject(key);
    return createReadStream('', { fd: handle, highWaterMark: READ_SIZE, ...range });
  }

  async function statObject(key: string): Promise<StoredObject | undefined> {
    const found = await stat(pathOf(key)).catch(absent);
    return found?.isFile() ? { key, size: found.size, modifiedAt: found.mtime } : undefined;
  }

  async function remove(key: string): Promise<void> {
    await unlink(pathOf(key)).catch(absent);
  }

  async function copy(from: string, to: string): Promise<void> {
    const target = pathOf(to);
    await refusingFull(async () => {
      await inFolder(dirname(target), () => linkOrCopy(pathOf(from), target, fileModeOf(target))).catch(
        missing(from),
      );
    });
  }

  async function* list(prefix: string, olderThan: Date): AsyncIterable<StoredObject> {
    const folder = await opendir(join(root, checkedKey(prefix.replace(/\/$/, ''))), {
      recursive: true,
    }).catch(absent);
    if (!folder) return;
    for await (const entry of folder) {
      if (!entry.isFile()) continue;
      const path = join(entry.parentPath, entry.name);
      const found = await stat(path).catch(absent);
      if (!found || found.mtime >= olderThan) continue;
      yield { key: path.slice(root.length + 1), size: found.size, modifiedAt: found.mtime };
    }
  }

  return { name: 'disk', put, read, open: openObject, stat: statObject, remove, copy, list };
}

/** An object never changes once it is named, so a second name for the same bytes is a copy. */
async function linkOrCopy(from: string, target: string, fileMode: number): Promise<void> {
  try {
    await link(from, target);
  } catch (error) {
    if (isCode(error, 'EEXIST')) return chmod(target, fileMode);
    if (!isCode(error, 'EPERM') && !isCode(error, 'EMLINK') && !isCode(error, 'ENOTSUP')) throw error;
    const partial = `${target}.${randomUUID()}.partial`;
    try {
      await copyFile(from, partial, constants.COPYFILE_EXCL);
      await syncFile(partial, fileMode);
      await rename(partial, target);
    } finally {
      await rm(partial, { force: true });
    }
    return;
  }
  await chmod(target, fileMode);
}

async function syncFile(path: string, mode: number): Promise<void> {
  const handle = await open(path, 'r+');
  try {
    await handle.chmod(mode);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Without this a power cut may forget that a name was given (fsync(2), notes). */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function refusingFull(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (isCode(error, 'ENOSPC') || isCode(error, 'EDQUOT')) {
      throw new Refusal('storage_full', {}, { cause: error });
    }
    throw error;
  }
}

function missing(key: string): (error: unknown) => never {
  return (error) => {
    throw isCode(error, 'ENOENT') ? new MissingObject(key, { cause: error }) : error;
  };
}

function absent(error: unknown): undefined {
  if (isCode(error, 'ENOENT')) return undefined;
  throw error;
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
