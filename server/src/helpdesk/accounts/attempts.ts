import { isIPv6 } from 'node:net';
import { sql } from 'kysely';
import { v7 } from 'uuid';
import type { Db } from '../../db/open.ts';
import { Refusal } from '../../refusals.ts';
import { digestOf } from './secrets.ts';

export interface AttemptLimit {
  attempts: number;
  seconds: number;
}

/** Failed sign-ins from one network: many people may share an address. */
export const FROM_NETWORK: AttemptLimit = { attempts: 30, seconds: 300 };
/** Failed tries on one account, wherever they come from: 2,880 guesses a day at most. */
export const ON_ACCOUNT: AttemptLimit = { attempts: 10, seconds: 300 };
/** New accounts from one network. */
export const SIGN_UPS: AttemptLimit = { attempts: 20, seconds: 3600 };

const LONGEST_MS = 3_600_000;

export type Attempts = ReturnType<typeof createAttempts>;

/** Counts attempts in the database, so that every instance counts the same. A window opens with its first attempt. */
export function createAttempts(db: Db) {
  const now = sql<number>`(extract(epoch FROM clock_timestamp()) * 1000)::bigint`;

  /** Counts one attempt before it is made. Throws `sign_in_rate_exceeded` with the seconds left of the window. */
  async function take(key: string, { attempts, seconds }: AttemptLimit): Promise<void> {
    // A window that opens in the future is from before the clock was set back: it would lock people out until then.
    const over = sql<boolean>`auth_rate_limits.last_request NOT BETWEEN ${now} - ${seconds * 1000 - 1}::bigint AND ${now}`;
    const { count, left } = await db
      .insertInto('auth_rate_limits')
      .values({ id: v7(), key, count: 1, last_request: now })
      .onConflict((conflict) =>
        conflict.column('key').doUpdateSet({
          count: sql`CASE WHEN ${over} THEN 1 ELSE auth_rate_limits.count + 1 END`,
          last_request: sql`CASE WHEN ${over} THEN ${now} ELSE auth_rate_limits.last_request END`,
        }),
      )
      .returning(['count', sql<number>`last_request + ${seconds * 1000}::bigint - ${now}`.as('left')])
      .executeTakeFirstOrThrow();
    if (count > attempts) {
      throw new Refusal('sign_in_rate_exceeded', {
        limit: attempts,
        retry_after: Math.max(1, Math.ceil(left / 1000)),
      });
    }
    if (count === 1) await forgetOld();
  }

  /** The attempt was a good one and does not count. */
  async function giveBack(key: string): Promise<void> {
    await db
      .updateTable('auth_rate_limits')
      .set((row) => ({ count: row('count', '-', 1) }))
      .where('key', '=', key)
      .where('count', '>', 0)
      .execute();
  }

  async function forget(key: string): Promise<void> {
    await db.deleteFrom('auth_rate_limits').where('key', '=', key).execute();
  }

  async function forgetOld(): Promise<void> {
    await db
      .deleteFrom('auth_rate_limits')
      .where('last_request', '<', sql<number>`${now} - ${LONGEST_MS}::bigint`)
      .execute();
  }

  return { take, giveBack, forget };
}

/** What one client can change its address within: the /64 of IPv6, else the address. */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  if (mapped?.[1]) return mapped[1];
  const [head = '', tail] = address.toLowerCase().split('%')[0]?.split('::') ?? [];
  const before = head ? head.split(':') : [];
  const after = tail ? tail.split(':') : [];
  const zeros = tail === undefined ? 0 : 8 - before.length - after.length;
  const groups = [...before, ...Array<string>(Math.max(0, zeros)).fill('0'), ...after];
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}

/** Names an account without keeping its address. */
export function accountKey(email: string): string {
  return digestOf(email.toLowerCase());
}
