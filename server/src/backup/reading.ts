import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
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

/** Lines, without the memory of more than a chunk of them. */
export async function* linesOf(bytes: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const chunk of bytes) {
    const lines = (rest + decoder.write(chunk)).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
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
