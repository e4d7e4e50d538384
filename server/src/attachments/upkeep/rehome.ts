import { sql } from 'kysely';
import type { Db } from '../../db/open.ts';
import type { Parts } from '../parts.ts';

const BATCH = 100;

/** The key under its ticket of bytes that were staged; the last segment stays, so that doing it twice is harmless. */
export function homeOf(stagedKey: string, ticketId: string): string {
  return stagedKey.replace(/^staged\//, `tickets/${ticketId}/`);
}

/** Moves the bytes of claimed files, one or all, from `staged/` to their ticket: copy, flip the row, remove. */
export async function rehome(
  { db, store }: Pick<Parts, 'db' | 'store'>,
  attachmentId?: string,
): Promise<number> {
  let moved = 0;
  for (;;) {
    const rows = await stillStaged(db, attachmentId);
    for (const { id, ticket_id, file_path } of rows) {
      const home = homeOf(file_path, ticket_id);
      await store.copy(file_path, home);
      await db
        .updateTable('ticket_attachments')
        .set({ file_path: home, updated_at: sql<Date>`now()` })
        .where('id', '=', id)
        .where('file_path', '=', file_path)
        .execute();
      await store.remove(file_path);
      moved += 1;
    }
    if (rows.length < BATCH) return moved;
  }
}

function stillStaged(db: Db, attachmentId: string | undefined) {
  const staged = db
    .selectFrom('ticket_attachments')
    .select(['id', 'ticket_id', 'file_path'])
    .where('file_path', 'like', 'staged/%')
    .where('purged_at', 'is', null)
    .limit(BATCH);
  return (attachmentId ? staged.where('id', '=', attachmentId) : staged).execute();
}
