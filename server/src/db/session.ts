import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { type ConnectTo, type Db, onSocket } from './open.ts';
import type { Schema } from './schema.ts';

/** One connection, for typed queries and for COPY, one after the other. */
export interface Session extends AsyncDisposable {
  client: pg.Client;
  /** Over that connection: a transaction of it holds for COPY too. */
  db: Db;
}

/** What text a value is must not depend on how a server is set up; work may take as long as it does. */
const SETTINGS = `
  SET datestyle = 'ISO'; SET intervalstyle = 'postgres'; SET timezone = 'UTC'; SET extra_float_digits = 1;
  SET statement_timeout = 0; SET lock_timeout = 0; SET idle_in_transaction_session_timeout = 0`;

/** Opens a connection of its own; disposed of, it is closed. */
export async function openSession(to: ConnectTo): Promise<Session> {
  const client = new pg.Client({
    ...(typeof to === 'string' ? { connectionString: to } : onSocket(to)),
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    application_name: 'docket copy',
  });
  client.on('error', () => {}); // the statement under way, or the next, says it too
  await client.connect();
  await client.query(SETTINGS);
  const lent = Object.assign(client, { release() {} });
  const pool = { connect: async () => lent, end: async () => {}, options: {} };
  return {
    client,
    db: new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) }),
    [Symbol.asyncDispose]: () => client.end(),
  };
}
