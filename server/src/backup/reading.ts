import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { BackupBroken, BackupRefused } from './errors.ts';
import { LIST, MANIFEST, objectFile, tableFile } from './folder.ts';
import { type Manifest, type ObjectEntry, parseEntry, parseManifest, type Written } from './manifest.ts';

/** A backup to restore from. */
export interface Backup {
  manifest: Manifest;
  table(name: string): Readable;
  objects(): AsyncGenerator<ObjectEntry>;
  object(sha256: string): Readable;
}

const READ_SIZE = 512 * 1024;

/**
 * Opens a backup whose tables and list of files are as they were written. Throws BackupRefused for a folder that is
 * none or that was cut, and BackupBroken for one that has changed since.
 */
export async function openBackup(path: string): Promise<Backup> {
  const manifest = parseManifest(await manifestOf(path));
  const read = (name: string) => createReadStream(join(path, name), { highWaterMark: READ_SIZE });
  await requireSame(read(LIST), manifest.files.list, LIST);
  for (const { name, file } of manifest.tables)
    await requireSame(read(tableFile(name)), file, tableFile(name));
  return {
    manifest,
    table: (name) => read(tableFile(name)),
    async *objects() {
      for await (const line of linesOf(read(LIST))) yield parseEntry(line);
    },
    object: (sha256) => read(objectFile(sha256)),
  };
}

/** Lines of any length but without the memory of more than some of them. */
export function linesOf(bytes: Readable): AsyncIterable<string> {
  return createInterface({ input: bytes, crlfDelay: Number.POSITIVE_INFINITY });
}

async function manifestOf(path: string): Promise<string> {
  try {
    return await readFile(join(path, MANIFEST), 'utf8');
  } catch (error) {
    if (!isMissing(error)) throw error;
    throw new BackupRefused(
      `${path} has no ${MANIFEST}: it is no backup, or one that was cut before its end and cannot be used.`,
    );
  }
}

async function requireSame(bytes: Readable, { size, sha256 }: Written, name: string): Promise<void> {
  const hash = createHash('sha256');
  let read = 0;
  try {
    for await (const chunk of bytes) {
      hash.update(chunk);
      read += chunk.length;
    }
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  if (read === size && hash.digest('hex') === sha256) return;
  throw new BackupBroken(
    `${name} of the backup is not as it was written: nothing was restored. Use another backup.`,
  );
}

export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
