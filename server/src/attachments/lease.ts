import { sql } from 'kysely';
import type { Db } from '../db/open.ts';
import type { Log } from '../log.ts';

/** Seconds that an open request holds its slot and reservation without a sign of life. */
export const LEASE_SECONDS = 30;
const RENEW_EVERY = 10_000;

export const leaseEnd = sql<Date>`now() + make_interval(secs => ${LEASE_SECONDS})`;

/**
 * Whether a row's lease holds. One that ends further ahead than any can is from before the clock was set back, and does
 * not: what died then would hold its place until the clock comes there. (`clock_timestamp`, since `now()` is when this
 * transaction began, and others may have begun, and got their lease, while it waited for its turn.)
 */
export const leaseHolds = sql<boolean>`(
  lease_until > now() AND lease_until <= clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})
)`;

export type Leases = ReturnType<typeof createLeases>;

/**
 * Keeps the uploads of this process alive in the database: after a crash nobody renews, and within
 * `LEASE_SECONDS` slot and reservation are free again.
 */
export function createLeases(db: Db, log: Log) {
  const held = new Set<string>();
  const timer = setInterval(() => void renew(), RENEW_EVERY);
  timer.unref();

  async function renew(): Promise<void> {
    if (held.size === 0) return;
    try {
      await db
        .updateTable('uploads')
        .set({ lease_until: leaseEnd })
        .where('id', 'in', [...held])
        .where('state', '=', 'receiving')
        .execute();
    } catch (error) {
      log.warn({ err: error }, 'upload leases were not renewed; trying again');
    }
  }

  return {
    hold: (uploadId: string) => void held.add(uploadId),
    drop: (uploadId: string) => void held.delete(uploadId),
    stop: () => clearInterval(timer),
  };
}
