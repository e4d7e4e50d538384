import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { LOG_SEGMENTS } from './settings.ts';
import { PORT } from './socket.ts';

/** Where the embedded PostgreSQL answers: a socket folder, and who one is there. */
export interface Connection {
  /** The folder of the socket. */
  host: string;
  port: number;
  database: string;
  user: string;
}

/** The application's own: owner of its database, and no superuser. */
export function docketOn(host: string): Connection {
  return { host, port: PORT, database: 'docket', user: 'docket' };
}

/** Resolves once a connection is answered; tries again for as long as `goOn` says so of the error, then rejects. */
export async function untilAnswered(
  connection: Connection,
  goOn: (error: unknown) => boolean,
): Promise<void> {
  for (;;) {
    try {
      return await query(connection, async () => {});
    } catch (error) {
      if (!goOn(error)) throw error;
      await sleep(20);
    }
  }
}

/** Is this the refusal of a server that is starting, recovering, or creating its first database? */
export function isNotYet(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return ['57P03', '3D000', '28000'].includes(code); // cannot_connect_now, no such database, no such role
}

/** Creates Docket's role and database where a first start was cut short before them, or never was. */
export async function ensureDatabase(host: string): Promise<void> {
  const { database, user } = docketOn(host);
  await query(superuserOn(host), async (client) => {
    const roles = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [user]);
    if (roles.rowCount === 0) await client.query(`CREATE ROLE ${user} LOGIN CREATEDB`);
    const databases = await client.query('SELECT FROM pg_database WHERE datname = $1', [database]);
    if (databases.rowCount !== 0) return;
    await client.query(FILL_LOG_POOL);
    await client.query('CHECKPOINT');
    await client.query(`CREATE DATABASE ${database} OWNER ${user}`);
  });
}

/**
 * Writes the log's segments once, up to max_wal_size. From then on they are used again and again: a full disk
 * stops a log that grows, and PostgreSQL with it, but not one that has its place already.
 */
const FILL_LOG_POOL = `
  SELECT count(pg_switch_wal())
  FROM (SELECT pg_logical_emit_message(false, 'docket', '') FROM generate_series(1, ${LOG_SEGMENTS}))`;

export function superuserOn(host: string): Connection {
  return { host, port: PORT, database: 'postgres', user: 'postgres' };
}

async function query(connection: Connection, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ ...connection, ssl: false, connectionTimeoutMillis: 5_000 });
  client.on('error', () => {}); // a connection that breaks fails its query too, which says so
  try {
    await client.connect();
    await work(client);
  } finally {
    await client.end();
  }
}
