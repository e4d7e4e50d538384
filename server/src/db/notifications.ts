import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import pg from 'pg';
import type { Log } from '../log.ts';
import { type ConnectTo, type Db, onSocket } from './open.ts';

export type Notifications = Awaited<ReturnType<typeof openNotifications>>;

/** What advisory locks of instances are told by, apart from others. */
const INSTANCES = 2;

/**
 * Whether the process of this number has its connection, and so is alive: its death is known at once, not when some
 * lease has run out. A number that is a column.
 */
export function isPresent(instance: string) {
  return sql<boolean>`EXISTS (
    SELECT 1 FROM pg_locks
    WHERE locktype = 'advisory' AND classid = ${sql.lit(INSTANCES)} AND objid = ${sql.ref(instance)}::bigint::oid
      AND objsubid = 2 AND granted
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
  )`;
}

/** Whether any Docket is at work on this database now: a server, or a command. */
export async function anybodyAtWork(db: Db): Promise<boolean> {
  const { rows } = await sql`
    SELECT 1 FROM pg_locks
    WHERE locktype = 'advisory' AND classid = ${sql.lit(INSTANCES)} AND objsubid = 2 AND granted
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    LIMIT 1`.execute(db);
  return rows.length > 0;
}

/** Milliseconds until a listener that lost its connection tries again. */
const TRY_AGAIN = 1_000;
/** Milliseconds between two looks whether the connection still answers, and that it has to: a line may die in silence. */
const LOOK_EVERY = 15_000;
const LOOK_PATIENCE = 5_000;

interface Listener {
  hear: (word: string) => void;
  missed: () => void;
}

/**
 * What instances tell each other through the database (LISTEN and NOTIFY), over one connection of their own. A word
 * said while that is broken is lost: whoever waits for one looks again by itself, too.
 */
export async function openNotifications(to: ConnectTo, db: Db, log: Log) {
  const instance = randomInt(2 ** 31);
  const heard = new Map<string, Listener>();
  let client: pg.Client | undefined;
  let again: NodeJS.Timeout | undefined;
  let closed = false;

  async function connect(): Promise<void> {
    const next = new pg.Client({
      ...(typeof to === 'string' ? { connectionString: to } : onSocket(to)),
      connectionTimeoutMillis: 10_000,
      keepAlive: true,
      application_name: 'docket notifications',
    });
    next.on('notification', ({ channel, payload }) => heard.get(channel)?.hear(payload ?? ''));
    next.on('error', ({ message }) => lose(next, message));
    next.on('end', () => lose(next, 'it was ended'));
    client = next;
    await next.connect();
    await next.query('SELECT pg_advisory_lock($1, $2)', [INSTANCES, instance]);
    for (const channel of heard.keys()) await next.query(`LISTEN ${channel}`);
    for (const { missed } of heard.values()) missed();
  }

  function lose(lost: pg.Client, reason: string): void {
    if (closed || lost !== client) return;
    client = undefined;
    log.warn({ reason }, 'the connection for notifications broke; trying again');
    lost.end().catch(() => {}); // it is of no use any more, however it ends
    again = setTimeout(() => {
      connect().catch((error: Error) => client && lose(client, error.message));
    }, TRY_AGAIN);
    again.unref();
  }

  async function look(): Promise<void> {
    const looked = client;
    const answered = looked?.query('SELECT 1').then(
      () => true,
      () => false,
    );
    if (looked && !(await Promise.race([answered, sleep(LOOK_PATIENCE, false, { ref: false })])))
      lose(looked, 'it does not answer');
  }

  await connect();
  const looking = setInterval(() => void look(), LOOK_EVERY);
  looking.unref();

  return {
    /** This process, for `isPresent`. */
    instance,

    /**
     * Calls `hear` with every word said on a channel from now on, and `missed` when words may have been lost and are
     * heard again. One listener for each channel.
     */
    async listen(
      channel: Channel,
      hear: (word: string) => void,
      missed: () => void = () => {},
    ): Promise<void> {
      heard.set(channel, { hear, missed });
      await client?.query(`LISTEN ${channel}`);
    },

    /** Says a word, of at most 8,000 bytes, to every instance. */
    async say(channel: Channel, word: string): Promise<void> {
      await sql`SELECT ${saying(channel, word)}`.execute(db);
    },

    /** The same as part of a statement: said when that is committed. */
    saying,

    async close(): Promise<void> {
      closed = true;
      clearTimeout(again);
      clearInterval(looking);
      await client?.end();
    },
  };
}

function saying(channel: Channel, word: string) {
  return sql`pg_notify(${channel}, ${word})`;
}

/** What is spoken of. A new channel starts here. */
export type Channel = 'upload_locks' | 'ticket_events' | 'storage_config';
