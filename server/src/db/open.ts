import { Kysely } from 'kysely';
import pg from 'pg';
import { EagerDialect } from './dialect.ts';
import { prepareStatements } from './prepared.ts';
import type { Schema } from './schema.ts';

export type Db = Kysely<Schema>;
export type { Transaction } from 'kysely';

/** Where a PostgreSQL answers: an address, or a socket folder. */
export type ConnectTo = string | { host: string; port: number; database: string; user: string };

// count(*) and bigint columns come as strings from pg; every number of ours is below 2^53.
pg.types.setTypeParser(pg.types.builtins.INT8, Number);

/** A socket is not encrypted, whatever PGSSLMODE of the environment says of other databases. */
export function onSocket<To extends object>(to: To): To & { ssl: false } {
  return { ...to, ssl: false };
}

/**
 * A pool of at most `max` connections. One that breaks while idle is replaced; `onError` hears of it.
 */
export function openPool(to: ConnectTo, onError: (error: Error) => void, max = 20): pg.Pool {
  const pool = new pg.Pool({
    ...(typeof to === 'string' ? { connectionString: to } : onSocket(to)),
    max,
    connectionTimeoutMillis: 10_000,
    application_name: 'docket',
    pipeline: true,
  });
  prepareStatements(pool);
  pool.on('error', ({ message }) => {
    // pg hangs the whole client, connection and all, onto the error: not for a log.
    if (!pool.ending) onError(new Error(message));
  });
  return pool;
}

/** Typed queries over the pool; `destroy()` ends the pool too. */
export function openDb(pool: pg.Pool): Db {
  return new Kysely<Schema>({ dialect: new EagerDialect(pool) });
}
