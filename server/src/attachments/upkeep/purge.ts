import { sql } from 'kysely';
import type { Db } from '../../db/open.ts';
import { inPages } from '../../db/pages.ts';
import { record } from '../events.ts';
import type { Parts } from '../parts.ts';
import type { Located } from '../store/stores.ts';
import { forEach, inBatches } from './each.ts';

const BATCH = 100;

type Needed = Pick<Parts, 'db' | 'stores' | 'retentionDays' | 'log'>;

interface Purged extends Located {
  id: string;
}

/**
 * Gives up deleted files whose time to come back is over, and removes the bytes of everything that was given up: the
 * rows stay, and say who deleted it, when and why. Resolves to how many files and objects went.
 */
export async function purgeDeleted(parts: Needed): Promise<{ purged: number; removed: number }> {
  const purged = await inBatches(BATCH, () => purgeBatch(parts));
  return { purged, removed: await removePurged(parts) };
}

/** Files and tickets that somebody changes at this moment are left for the next sweep: a restore or a hold comes first. */
async function purgeBatch({ db, retentionDays }: Needed): Promise<number> {
  return db.transaction().execute(async (trx) => {
    const rows = await overdue(trx, retentionDays)
      .orderBy('deleted_at')
      .limit(BATCH)
      .modifyEnd(sql`FOR NO KEY UPDATE OF ticket_attachments SKIP LOCKED FOR SHARE OF tickets SKIP LOCKED`)
      .execute();
    if (rows.length === 0) return 0;
    const ids = rows.map(({ id }) => id);
    await trx
      .updateTable('ticket_attachments')
      .set({ purged_at: sql<Date>`now()`, updated_at: sql<Date>`now()` })
      .where('id', 'in', ids)
      .execute();
    await record(
      trx,
      ...rows.map(({ id, ticket_id }) => ({
        ...{ event: 'purged' as const, by: null, ticketId: ticket_id, attachmentId: id },
        detail: { why: 'retention', days: retentionDays },
      })),
    );
    return rows.length;
  });
}

/** Deleted files whose time is over and which no legal hold keeps. */
export function overdue(db: Db, retentionDays: number) {
  return db
    .selectFrom('ticket_attachments')
    .innerJoin('tickets', 'tickets.id', 'ticket_id')
    .select(['ticket_attachments.id', 'ticket_id', 'file_name', 'file_size'])
    .where('deleted_at', '<', sql<Date>`now() - make_interval(days => ${retentionDays})`)
    .where('purged_at', 'is', null)
    .where('ticket_attachments.held_at', 'is', null)
    .where('tickets.held_at', 'is', null);
}

/** Of whatever was purged and whose bytes are still there, as the rows say. */
async function removePurged(parts: Needed): Promise<number> {
  let removed = 0;
  await forEach(withBytes(parts.db), parts.log, async (row) => {
    removed += await removeBytes(parts, row);
  });
  return removed;
}

export function withBytes(db: Db) {
  const files = db
    .selectFrom('ticket_attachments')
    .select(['id', 'file_path', 'storage', 'key_id', 'file_size'])
    .where('purged_at', 'is not', null)
    .where('bytes_gone_at', 'is', null);
  return inPages((last, limit) => files.where('id', '>', last).orderBy('id').limit(limit).execute());
}

/**
 * Removes the bytes of a purged file and its thumbnail, and remembers that they are gone; again is as good as once.
 * Resolves to how many objects there were.
 */
export async function removeBytes(
  { db, stores }: Pick<Parts, 'db' | 'stores'>,
  { id, ...at }: Purged,
): Promise<number> {
  const thumbnails = await removeThumbnail({ db, stores }, id);
  await stores.at(at).remove(at.file_path);
  await db
    .updateTable('ticket_attachments')
    .set({ bytes_gone_at: sql<Date>`now()` })
    .where('id', '=', id)
    .where('purged_at', 'is not', null)
    .where('bytes_gone_at', 'is', null)
    // Whoever has moved them meanwhile has left the rest to the next sweep.
    .where('file_path', '=', at.file_path)
    .where('storage', '=', at.storage)
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom('thumbnails').select('state').where('attachment_id', '=', id))),
    )
    .execute();
  return 1 + thumbnails;
}

/** The bytes first, since nothing but its row knows of them; a maker that comes to its end now finds no row. */
async function removeThumbnail(
  { db, stores }: Pick<Parts, 'db' | 'stores'>,
  attachmentId: string,
): Promise<number> {
  const row = await db
    .selectFrom('thumbnails')
    .select(['file_path', 'storage', 'key_id'])
    .where('attachment_id', '=', attachmentId)
    .executeTakeFirst();
  if (!row) return 0;
  const { file_path, ...at } = row;
  if (file_path) await stores.at(at).remove(file_path);
  await db
    .deleteFrom('thumbnails')
    .where('attachment_id', '=', attachmentId)
    .where('file_path', file_path ? '=' : 'is', file_path)
    .execute();
  return file_path ? 1 : 0;
}
