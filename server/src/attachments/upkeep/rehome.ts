import { sql } from 'kysely';
import type { Db } from '../../db/open.ts';
import { inPages } from '../../db/pages.ts';
import type { Parts } from '../parts.ts';
import { MissingObject } from '../store/store.ts';
import type { Located } from '../store/stores.ts';
import { forEach } from './each.ts';

interface Staged extends Located {
  id: string;
  ticket_id: string;
}

/** The key under its ticket of bytes that were staged; the last segment stays, so that doing it twice is harmless. */
export function homeOf(stagedKey: string, ticketId: string): string {
  return stagedKey.replace(/^staged\//, `tickets/${ticketId}/`);
}

/** Moves the bytes of a claimed file from `staged/` to its ticket; nothing to do where they are there already. */
export async function rehome(parts: Pick<Parts, 'db' | 'stores'>, attachmentId: string): Promise<void> {
  const row = await stillStaged(parts.db).where('id', '=', attachmentId).executeTakeFirst();
  if (row) await move(parts, row);
}

/** The same for every claimed file; resolves to how many were moved. */
export async function rehomeAll(parts: Pick<Parts, 'db' | 'stores' | 'log'>): Promise<number> {
  return forEach(allStaged(parts.db), parts.log, (row) => move(parts, row));
}

/** Copy, flip the row, remove: whenever that is cut short, the row says where the bytes are. */
async function move({ db, stores }: Pick<Parts, 'db' | 'stores'>, row: Staged): Promise<void> {
  const home = homeOf(row.file_path, row.ticket_id);
  const store = stores.at(row);
  try {
    await store.copy(row.file_path, home);
  } catch (error) {
    if (error instanceof MissingObject && !(await isStaged(db, row.id))) return;
    throw error;
  }
  await db
    .updateTable('ticket_attachments')
    .set({ file_path: home, updated_at: sql<Date>`now()` })
    .where('id', '=', row.id)
    .where('file_path', '=', row.file_path)
    .where('storage', '=', row.storage)
    // Its bytes are removed from where its row says.
    .where('purged_at', 'is', null)
    .execute();
  await store.remove(row.file_path);
}

/** Or has somebody else moved it meanwhile? */
async function isStaged(db: Db, attachmentId: string): Promise<boolean> {
  return (await stillStaged(db).where('id', '=', attachmentId).executeTakeFirst()) !== undefined;
}

/** Files on tickets whose bytes are not there yet. */
export function allStaged(db: Db) {
  return inPages((last, limit) =>
    stillStaged(db).where('id', '>', last).orderBy('id').limit(limit).execute(),
  );
}

function stillStaged(db: Db) {
  return db
    .selectFrom('ticket_attachments')
    .select(['id', 'ticket_id', 'file_path', 'storage', 'key_id', 'file_size'])
    .where('file_path', 'like', 'staged/%')
    .where('purged_at', 'is', null);
}
