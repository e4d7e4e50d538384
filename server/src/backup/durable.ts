import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { BackupBroken } from './errors.ts';
import type { Written } from './manifest.ts';

/** What is in a backup is for nobody but whoever made it: password hashes, sessions, everybody's files. */
export const OWNER_ONLY = { file: 0o600, folder: 0o700 };

/** Large writes keep the disk busy. */
const BATCH = 512 * 1024;

/** Writes a new file, which is on the disk for good when this resolves; its name is so once `syncFolder` has been. */
export async function writeFile(path: string, bytes: AsyncIterable<Uint8Array | string>): Promise<Written> {
  const hash = createHash('sha256');
  let size = 0;
  await using file = await roomy(() => open(path, 'wx', OWNER_ONLY.file));
  for await (const batch of inBatches(bytes)) {
    hash.update(batch);
    size += batch.length;
    await roomy(() => file.writeFile(batch));
  }
  await roomy(() => file.sync());
  return { size, sha256: hash.digest('hex') };
}

/** Without this a power cut may forget the names in it (fsync(2), notes). */
export async function syncFolder(path: string): Promise<void> {
  await using folder = await open(path, constants.O_RDONLY | constants.O_DIRECTORY);
  await folder.sync();
}

async function* inBatches(bytes: AsyncIterable<Uint8Array | string>): AsyncGenerator<Buffer> {
  let held: Buffer[] = [];
  let size = 0;
  for await (const chunk of bytes) {
    const one =
      typeof chunk === 'string'
        ? Buffer.from(chunk)
        : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    held.push(one);
    size += one.length;
    if (size < BATCH) continue;
    yield Buffer.concat(held, size);
    held = [];
    size = 0;
  }
  if (size > 0) yield Buffer.concat(held, size);
}

async function roomy<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code !== 'ENOSPC' && code !== 'EDQUOT') throw error;
    throw new BackupBroken(
      'There is no room left for the backup: it is cut. Empty the folder, make room, begin anew.',
      {
        cause: error,
      },
    );
  }
}
