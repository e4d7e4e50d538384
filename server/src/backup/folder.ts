import { randomUUID } from 'node:crypto';
import { chmod, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { OWNER_ONLY, syncFolder, writeFile } from './durable.ts';
import { BackupRefused } from './errors.ts';
import type { Manifest, Written } from './manifest.ts';

export const MANIFEST = 'manifest.json';
/** The objects that rows name, a line each. */
export const LIST = 'files.jsonl';

export function tableFile(name: string): string {
  return join('tables', `${name}.copy`);
}

/** An object lies under its hash: the same bytes lie there once. */
export function objectFile(sha256: string): string {
  return join('files', sha256.slice(0, 2), sha256);
}

export type NewFolder = Awaited<ReturnType<typeof createFolder>>;

/** A folder for a backup, which must be new or empty. Whatever is written to it is on the disk for good after `seal`. */
export async function createFolder(path: string) {
  const found = await contentsOf(path);
  if (found.length > 0) throw new BackupRefused(`${path} is not empty: a backup needs a folder of its own.`);
  await chmod(path, OWNER_ONLY.folder);
  for (const name of ['tables', 'files']) await mkdir(join(path, name), { mode: OWNER_ONLY.folder });
  /** Folders that hold objects. */
  const shelves = new Set<string>();

  async function shelf(name: string): Promise<void> {
    if (shelves.has(name)) return;
    await mkdir(join(path, 'files', name), { recursive: true, mode: OWNER_ONLY.folder });
    shelves.add(name);
  }

  return {
    write: (name: string, bytes: AsyncIterable<Uint8Array | string>) => writeFile(join(path, name), bytes),

    remove: (name: string) => rm(join(path, name)),

    /** Keeps an object if `isRight` says so of its bytes, once they are written. Resolves to undefined where it does not. */
    async keep(
      bytes: AsyncIterable<Uint8Array>,
      isRight: (written: Written) => Promise<boolean>,
    ): Promise<Written | undefined> {
      const partial = join(path, 'files', `partial-${randomUUID()}`);
      try {
        const written = await writeFile(partial, bytes);
        if (!(await isRight(written))) return undefined;
        await shelf(written.sha256.slice(0, 2));
        await rename(partial, join(path, objectFile(written.sha256)));
        return written;
      } finally {
        await rm(partial, { force: true });
      }
    },

    /** Makes a backup of it: the manifest comes when all else is on the disk, and whole. */
    async seal(manifest: Manifest): Promise<void> {
      for (const name of shelves) await syncFolder(join(path, 'files', name));
      for (const name of ['tables', 'files', '.']) await syncFolder(join(path, name));
      const partial = join(path, `${MANIFEST}.partial`);
      await writeFile(partial, text(`${JSON.stringify(manifest, null, 2)}\n`));
      await rename(partial, join(path, MANIFEST));
      await syncFolder(path);
      await syncFolder(join(path, '..'));
    },
  };
}

/** What is in it, which is nothing where it was not there. */
async function contentsOf(path: string): Promise<string[]> {
  try {
    await mkdir(path, { recursive: true, mode: OWNER_ONLY.folder });
    return await readdir(path);
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? error.code : error;
    throw new BackupRefused(`${path} cannot be a folder for a backup (${reason}).`, { cause: error });
  }
}

async function* text(all: string): AsyncGenerator<string> {
  yield all;
}
