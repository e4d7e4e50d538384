import { readdir, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { startEmbedded } from '../../src/db/embedded.ts';
import { openDb, openPool } from '../../src/db/open.ts';

export interface Leftovers {
  rowsWithoutBytes: string[];
  bytesWithoutRow: string[];
  spool: string[];
}

/** Holds the rows of a stopped server against the files in its store, both ways. */
export async function leftoversOf(dataDir: string): Promise<Leftovers> {
  const postgres = await startEmbedded({ dataDir });
  const db = openDb(openPool(postgres.connection, () => undefined));
  try {
    const attachments = await db.selectFrom('ticket_attachments').select('file_path').execute();
    const uploads = await db
      .selectFrom('uploads')
      .select('file_path')
      .where('file_path', 'is not', null)
      .where('state', '<>', 'receiving')
      .execute();
    const segments = await db.selectFrom('upload_segments').select('file_path').execute();
    const rows = new Set([...attachments, ...segments, ...uploads].map((row) => row.file_path ?? ''));
    const files = new Set(await filesBelow(join(dataDir, 'storage')));
    return {
      rowsWithoutBytes: [...rows].filter((key) => !files.has(key)),
      bytesWithoutRow: [...files].filter((key) => !rows.has(key)),
      spool: await readdir(join(dataDir, 'spool')),
    };
  } finally {
    await db.destroy();
    await postgres.stop();
  }
}

/** Makes every file look as if it had been there for `age` ms longer. */
export async function ageFiles(root: string, age: number): Promise<void> {
  for (const key of await filesBelow(root)) {
    const path = join(root, key);
    const time = new Date((await stat(path)).mtimeMs - age);
    await utimes(path, time, time);
  }
}

async function filesBelow(root: string): Promise<string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1));
}
