import { randomUUID } from 'node:crypto';
import { readdir, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { isAbsolute, join, relative } from 'node:path';
import type { Kysely } from 'kysely';
import type { Schema } from '../../db/schema.ts';

type Db = Kysely<Schema>;

/** Why files cannot be kept in a folder. */
export type Unusable =
  | 'relative'
  | 'missing'
  | 'not_writable'
  | 'other_filesystem'
  | 'inside_docket'
  | 'occupied';

/** Folders of ours beside the files'. */
export interface OwnFolders {
  /** Where files come from, by their names alone. */
  spool: string;
  /** Where no file may be. */
  closed: readonly string[];
}

/** Why files cannot be kept in `folder`; undefined where they can, because it is empty or has them already. */
export async function whyUnusable(db: Db, folder: string, own: OwnFolders): Promise<Unusable | undefined> {
  if (!isAbsolute(folder)) return 'relative';
  const isFolder = (await stat(folder).catch(() => undefined))?.isDirectory();
  if (!isFolder) return 'missing';
  if (await isInside(folder, [own.spool, ...own.closed])) return 'inside_docket';
  const refused = await tryOut(folder, own.spool);
  if (refused) return refused;
  if ((await readdir(folder)).length === 0) return undefined;
  const keys = await newestOnDisk(db);
  const isOurs = keys.length > 0 && (await countIn(folder, keys)) === keys.length;
  return isOurs ? undefined : 'occupied';
}

async function isInside(folder: string, closed: readonly string[]): Promise<boolean> {
  const real = await realpath(folder);
  const others = await Promise.all(closed.map((each) => realpath(each).catch(() => each)));
  return others.some((other) => !relative(other, real).startsWith('..'));
}

/** Does what every upload does at its end. */
async function tryOut(folder: string, spool: string): Promise<Unusable | undefined> {
  const name = randomUUID();
  const [from, to] = [join(spool, name), join(folder, name)];
  try {
    await writeFile(from, '', { flag: 'wx' });
    await rename(from, to);
    return undefined;
  } catch (error) {
    const isElsewhere = error instanceof Error && 'code' in error && error.code === 'EXDEV';
    return isElsewhere ? 'other_filesystem' : 'not_writable';
  } finally {
    await rm(from, { force: true });
    await rm(to, { force: true }).catch(() => {}); // never made where nothing can be written
  }
}

/**
 * Which of `folders` the files are in: the one that has the most of the newest, and the first among equals. So a folder
 * that was chosen before its files were brought over is not taken up, and no file is lost from sight.
 */
export async function folderOfFiles(db: Db, folders: readonly string[]): Promise<string> {
  let [best = ''] = folders;
  if (folders.length === 1) return best;
  const keys = await newestOnDisk(db);
  let most = -1;
  for (const folder of folders) {
    const count = await countIn(folder, keys);
    if (count <= most) continue;
    [best, most] = [folder, count];
  }
  return best;
}

const ENOUGH = 20;

/** Keys of the newest files on the disk: on tickets, staged, and on their way. */
async function newestOnDisk(db: Db): Promise<string[]> {
  const [attached, staged, pieces] = await Promise.all([
    db
      .selectFrom('ticket_attachments')
      .select('file_path')
      .where('storage', '=', 'disk')
      .where('purged_at', 'is', null)
      .orderBy('created_at', 'desc')
      .limit(ENOUGH)
      .execute(),
    db
      .selectFrom('uploads')
      .select('file_path')
      .where('storage', '=', 'disk')
      .where('state', '=', 'ready')
      .orderBy('created_at', 'desc')
      .limit(ENOUGH)
      .execute(),
    db
      .selectFrom('upload_segments')
      .select('file_path')
      .where('storage', '=', 'disk')
      .limit(ENOUGH)
      .execute(),
  ]);
  return [...attached, ...staged, ...pieces].flatMap(({ file_path }) => (file_path ? [file_path] : []));
}

async function countIn(folder: string, keys: readonly string[]): Promise<number> {
  const found = await Promise.all(keys.map((key) => stat(join(folder, key)).catch(() => undefined)));
  return found.filter((each) => each?.isFile()).length;
}
