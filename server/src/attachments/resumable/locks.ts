import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { isPresent, type Notifications } from '../../db/notifications.ts';
import type { Db } from '../../db/open.ts';
import type { Log } from '../../log.ts';
import { Refusal } from '../../refusals.ts';

/** Seconds that a lock outlives its process where the database does not notice that this is gone. */
const LEASE_SECONDS = 10;
const RENEW_EVERY = 3_000;
/** Milliseconds that somebody waits for a lock before they are told to come again. */
const PATIENCE = 5_000;
/** Milliseconds after which whoever waits looks again by itself: a word may have been lost. */
const LOOK_AGAIN = 500;

const leaseEnd = sql<Date>`clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})`;

interface Held {
  uploadId: string;
  /** Somebody newer wants it: its holder should come to an end. */
  wanted: () => void;
}

export type UploadLocks = Awaited<ReturnType<typeof createUploadLocks>>;

/** Lets a lock go; resolves when others may have it. */
export type Unlock = () => Promise<void>;

/**
 * One request at a time for each resumable upload, whatever the instances: a row with a lease, and words between
 * the instances, so that no connection is held while a slow body arrives. Whoever loses theirs, as when the database was
 * away for longer than a lease, hears that they are wanted. What is written is safe without a lock, too: each piece is
 * only taken where the upload ends, and each try has files of its own.
 */
export async function createUploadLocks(
  { db, notifications, log }: { db: Db; notifications: Notifications; log: Log },
  patience = PATIENCE,
) {
  const { instance } = notifications;
  const held = new Map<string, Held>();
  const waiting = new Map<string, Set<() => void>>();

  await notifications.listen('upload_locks', (word) => {
    const [what, uploadId = ''] = word.split(' ');
    if (what === 'free') for (const look of waiting.get(uploadId) ?? []) look();
    if (what === 'wanted') for (const one of held.values()) if (one.uploadId === uploadId) one.wanted();
  });
  const timer = setInterval(() => void renew(), RENEW_EVERY);
  timer.unref();

  /**
   * Waits its turn, and tells whoever has it that it is wanted. Throws `upload_locked` when it does not come in time or
   * `signal` is aborted. `wanted` is called when somebody else waits.
   */
  async function lock(uploadId: string, wanted: () => void, signal?: AbortSignal): Promise<Unlock> {
    const holder = randomUUID();
    const until = performance.now() + patience;
    while (!(await take(uploadId, holder))) {
      if (signal?.aborted || performance.now() >= until)
        throw new Refusal('upload_locked', { retry_after: 1 });
      const freed = nextFree(uploadId);
      await notifications.say('upload_locks', `wanted ${uploadId}`);
      await freed;
    }
    held.set(holder, { uploadId, wanted });
    return () => unlock(uploadId, holder);
  }

  async function take(uploadId: string, holder: string): Promise<boolean> {
    const row = await db
      .insertInto('upload_locks')
      .values({ upload_id: uploadId, holder, instance, lease_until: leaseEnd })
      .onConflict((conflict) =>
        conflict
          .column('upload_id')
          .doUpdateSet({ holder, instance, lease_until: leaseEnd })
          .where(sql<boolean>`(
            upload_locks.lease_until NOT BETWEEN clock_timestamp() AND ${leaseEnd}
            OR (upload_locks.instance <> ${instance} AND NOT ${isPresent('upload_locks.instance')})
          )`),
      )
      .returning('holder')
      .executeTakeFirst();
    return row !== undefined;
  }

  /** Resolves when the upload may be free. */
  async function nextFree(uploadId: string): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const those = waiting.get(uploadId) ?? new Set();
    waiting.set(uploadId, those.add(resolve));
    const timeout = setTimeout(resolve, LOOK_AGAIN);
    await promise;
    clearTimeout(timeout);
    those.delete(resolve);
    if (those.size === 0) waiting.delete(uploadId);
  }

  async function unlock(uploadId: string, holder: string): Promise<void> {
    held.delete(holder);
    try {
      await sql`
        WITH gone AS (DELETE FROM upload_locks WHERE upload_id = ${uploadId} AND holder = ${holder})
        SELECT ${notifications.saying('upload_locks', `free ${uploadId}`)}
      `.execute(db);
    } catch (error) {
      log.warn({ err: error, upload: uploadId }, 'a lock was not let go; its lease will run out');
    }
  }

  async function renew(): Promise<void> {
    if (held.size === 0) return;
    try {
      const holders = [...held.keys()];
      const renewed = await db
        .updateTable('upload_locks')
        .set({ lease_until: leaseEnd })
        .where('holder', 'in', holders)
        .returning('holder')
        .execute();
      const still = new Set(renewed.map(({ holder }) => holder));
      for (const holder of holders) if (!still.has(holder)) held.get(holder)?.wanted();
    } catch (error) {
      log.warn({ err: error }, 'upload locks were not renewed; trying again');
    }
  }

  return { lock, close: () => clearInterval(timer) };
}
