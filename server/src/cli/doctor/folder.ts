import { randomUUID } from 'node:crypto';
import { mkdir, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Config } from '../../config.ts';
import type { Check } from '../../scanner-check.ts';

/** Files of the largest size there has to be room for: fewer than this and people soon notice. */
const ROOM_FOR = 100;

/** Whether Docket can keep files in its data folder. */
export async function checkFolder({ dataDir, maxFileSize }: Config): Promise<Check[]> {
  try {
    await mkdir(dataDir, { recursive: true });
    await tryOut(dataDir);
  } catch (error) {
    const advice = 'Let the user that runs Docket write there, or set DOCKET_DATA_DIR to another folder.';
    return [
      {
        name: 'data folder',
        state: 'problem',
        found: `Nothing can be written there: ${codeOf(error)}.`,
        advice,
      },
    ];
  }
  return [await oneFilesystem(dataDir), await freeSpace(dataDir, maxFileSize)];
}

async function tryOut(folder: string): Promise<void> {
  const path = join(folder, `.doctor-${randomUUID()}`);
  await writeFile(path, 'x').finally(() => rm(path, { force: true }));
}

/** A file moves from the spool to its place by its name alone, which works within one filesystem only. */
async function oneFilesystem(dataDir: string): Promise<Check> {
  const [spool, storage] = await Promise.all(
    ['spool', 'storage'].map((name) => deviceOf(join(dataDir, name))),
  );
  const name = 'data folder';
  if (spool === storage) return { name, state: 'ok', found: 'It can be written, and is on one filesystem.' };
  const advice = 'Mount one filesystem for the data folder, and none inside it.';
  return { name, state: 'problem', found: 'spool/ and storage/ are on different filesystems.', advice };
}

/** Of a folder that is not there yet, that of the one it will be in. */
async function deviceOf(folder: string): Promise<number> {
  const found = await stat(folder).catch(() => stat(dirname(folder)));
  return found.dev;
}

async function freeSpace(dataDir: string, maxFileSize: number): Promise<Check> {
  const { bavail, bsize } = await statfs(dataDir);
  const files = Math.floor((bavail * bsize) / maxFileSize);
  const name = 'free space';
  const found = `Room for ${files} files of ${maxFileSize} bytes.`;
  if (files >= ROOM_FOR) return { name, state: 'ok', found };
  return {
    name,
    state: files < 2 ? 'problem' : 'warning',
    found,
    advice: 'Make room, or move to a larger disk.',
  };
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
