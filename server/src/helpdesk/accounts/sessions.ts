import { sql } from 'kysely';
import type { Db } from '../../db/open.ts';
import { Refusal } from '../../refusals.ts';

/** A place where somebody is signed in. Its token stays between the database and the cookie. */
export interface Session {
  id: string;
  created_at: Date;
  expires_at: Date;
  ip_address: string | null;
  user_agent: string | null;
}

/** How long a session lasts without use. */
export const SESSION_DAYS = 7;

export type Sessions = ReturnType<typeof createSessions>;

/** Where somebody is signed in, for them to see and end. */
export function createSessions(db: Db) {
  /** Newest first. */
  async function list(userId: string): Promise<Session[]> {
    return db
      .selectFrom('sessions')
      .select(['id', 'created_at', 'expires_at', 'ip_address', 'user_agent'])
      .where('user_id', '=', userId)
      .where('expires_at', '>', sql<Date>`now()`)
      .orderBy('id', 'desc')
      .execute();
  }

  /** Throws `session_not_found`. */
  async function end(userId: string, sessionId: string): Promise<void> {
    const { numDeletedRows } = await db
      .deleteFrom('sessions')
      .where('user_id', '=', userId)
      .where('id', '=', sessionId)
      .executeTakeFirst();
    if (numDeletedRows === 0n) throw new Refusal('session_not_found');
  }

  async function endOthers(userId: string, sessionId: string): Promise<void> {
    await db.deleteFrom('sessions').where('user_id', '=', userId).where('id', '!=', sessionId).execute();
  }

  /**
   * Removes those whose time is over: they work no more, but each holds somebody's address. One that ends further ahead
   * than any can is from before the clock was set back: it gets the time of a new one from here.
   */
  async function sweep(): Promise<void> {
    const latest = sql<Date>`now() + make_interval(days => ${SESSION_DAYS})`;
    await db
      .updateTable('sessions')
      .set({ expires_at: latest })
      .where('expires_at', '>', sql<Date>`${latest} + interval '1 hour'`)
      .execute();
    await db.deleteFrom('sessions').where('expires_at', '<', sql<Date>`now()`).execute();
  }

  return { list, end, endOthers, sweep };
}
