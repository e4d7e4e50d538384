import { sql } from 'kysely';
import type { Db } from '../../db/open.ts';
import { inPages } from '../../db/pages.ts';
import { record } from '../events.ts';
import { LEASE_SECONDS, leaseEnd } from '../lease.ts';
import { STAGED_HOURS } from '../limits.ts';
import type { Parts } from '../parts.ts';
import { removeSegments } from '../resumable/segments.ts';
import { forEach, inBatches } from './each.ts';

const BATCH = 500;
/** Hours after which nobody asks for what became of an upload; a day longer than any of them lives. */
const FORGET_AFTER_HOURS = 48;

/**
 * Gives up uploads whose lease has run out (their process died) and staged ones that waited too long, then removes
 * the bytes of every upload that was given up. Resolves to how many uploads and objects went.
 */
export async function expireUploads(parts: Pick<Parts, 'db' | 'stores' | 'log'>): Promise<{
  expired: number;
  removed: number;
}> {
  const { db } = parts;
  await shortenTerms(db);
  const expired = await inBatches(BATCH, () => expireBatch(db));
  const removed = (await removeGivenUp(parts)) + (await removeSegments(parts));
  await db
    .deleteFrom('uploads')
    .where('file_path', 'is', null)
    .where('state', 'not in', ['receiving', 'ready'])
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom('upload_segments').select('position').whereRef('upload_id', '=', 'uploads.id'))),
    )
    .where('updated_at', '<', sql<Date>`now() - make_interval(hours => ${FORGET_AFTER_HOURS})`)
    .execute();
  return { expired, removed };
}

/** Those whose request lives after all, and renews its lease at this moment, are left alone. */
async function expireBatch(db: Db): Promise<number> {
  return db.transaction().execute(async (trx) => {
    const over = trx.selectFrom('uploads').select(['id', 'ticket_id']).where(isOver);
    const rows = await over.limit(BATCH).forUpdate().skipLocked().execute();
    if (rows.length === 0) return 0;
    const ids = rows.map(({ id }) => id);
    await trx
      .updateTable('uploads')
      .set({ state: 'expired', lease_until: null, updated_at: sql<Date>`now()` })
      .where('id', 'in', ids)
      .execute();
    await record(
      trx,
      ...rows.map(({ id, ticket_id }) => ({
        ...{ event: 'expired' as const, by: null, uploadId: id, ticketId: ticket_id },
      })),
    );
    return rows.length;
  });
}

/** An open request renews its lease; a resumable upload waits between two of them until its term is over. */
const isDead = sql<boolean>`
  CASE WHEN upload_length IS NULL THEN lease_until < now()
  ELSE expires_at < now() AND coalesce(lease_until < now(), true) END
`;

/** Its process died, or it waited too long. */
export const isOver = sql<boolean>`(
  (uploads.state = 'receiving' AND ${isDead}) OR (uploads.state = 'ready' AND expires_at < now())
)`;

/**
 * A clock that was set back leaves terms that end further ahead than any can. Each gets one more, from now: whoever
 * lives renews it, and what died is gone after it.
 */
async function shortenTerms(db: Db): Promise<void> {
  await db
    .updateTable('uploads')
    .set({ lease_until: leaseEnd })
    .where('state', '=', 'receiving')
    .where('lease_until', '>', sql<Date>`clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})`)
    .execute();
  await db
    .updateTable('uploads')
    .set({ expires_at: sql<Date>`now() + make_interval(hours => ${STAGED_HOURS})` })
    .where((where) => where.or([where('state', '=', 'ready'), where('upload_length', 'is not', null)]))
    .where('expires_at', '>', sql<Date>`clock_timestamp() + make_interval(hours => ${STAGED_HOURS})`)
    .execute();
}

/** The row said goodbye first; now the bytes, and last the memory of where they were. */
async function removeGivenUp({ db, stores, log }: Pick<Parts, 'db' | 'stores' | 'log'>): Promise<number> {
  return forEach(givenUp(db), log, async ({ id, file_path, ...at }) => {
    if (file_path) await stores.at(at).remove(file_path);
    await db.updateTable('uploads').set({ file_path: null }).where('id', '=', id).execute();
  });
}

/** Uploads that are over and whose bytes may be there. */
export function givenUp(db: Db) {
  const uploads = db
    .selectFrom('uploads')
    .select(['id', 'file_path', 'storage', 'key_id', 'file_size'])
    .where('state', 'in', ['expired', 'abandoned', 'refused'])
    .where('file_path', 'is not', null);
  return inPages((last, limit) => uploads.where('id', '>', last).orderBy('id').limit(limit).execute());
}
