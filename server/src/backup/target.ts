import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { sql, type Transaction } from 'kysely';
import { copyIn } from '../db/copy.ts';
import { keepOthersOut, migrateWithin, STEPS } from '../db/migrate.ts';
import type { Db } from '../db/open.ts';
import type { Schema } from '../db/schema.ts';
import type { Session } from '../db/session.ts';
import { type Counter, digestOf, setCounter } from '../db/tables.ts';
import { BackupBroken, BackupRefused } from './errors.ts';
import type { TableOf } from './snapshot.ts';

/** What is put into an empty database. */
export interface Filling {
  /** The steps that the schema had taken where it comes from. */
  migrations: string[];
  tables: TableOf[];
  counters: Counter[];
  rows(table: TableOf): Readable;
  /** What else there is to do with the rows, when the schema is ours. */
  adapt?(trx: Transaction<Schema>): Promise<void>;
  /** Hears of every table that is there. */
  tell(done: number, total: number): void;
}

/**
 * Fills an empty database, all in one transaction: it is whole, every row compared with where it comes from and the
 * schema ours, or as empty as before. Throws BackupRefused where it is not empty, or the schema newer than ours.
 */
export async function fill(session: Session, filling: Filling): Promise<void> {
  requireKnown(filling.migrations);
  await keepOthersOut(session.db);
  await session.db.transaction().execute(async (trx) => {
    await requireEmpty(trx);
    await migrateWithin(trx, filling.migrations.at(-1));
    await quietly(trx, () => copyAll(session, trx, filling));
    for (const counter of filling.counters) await setCounter(trx, counter);
    await migrateWithin(trx);
    await filling.adapt?.(trx);
    // Whoever still shows the desk as it was asks for all anew.
    await trx.insertInto('ticket_events').values({ kind: 'reset' }).execute();
  });
  await sql`ANALYZE`.execute(session.db);
}

/** A schema that our steps lead to. */
export function requireKnown(migrations: string[]): void {
  if (migrations.every((step, at) => step === STEPS[at])) return;
  throw new BackupRefused(
    `This was made by another version of Docket than this one (schema ${migrations.at(-1)}, here ${STEPS.at(-1)}): use that version.`,
  );
}

/** Throws unless the database holds nothing of anybody's, and can hold every text. */
export async function requireEmpty(db: Db): Promise<void> {
  const { rows: encodings } = await sql<{ server_encoding: string }>`SHOW server_encoding`.execute(db);
  if (encodings[0]?.server_encoding !== 'UTF8') {
    throw new BackupRefused('The database is not in UTF-8: make one with ENCODING ‘UTF8’.');
  }
  const { rows } = await sql<{ name: string }>`
    SELECT relname AS name FROM pg_class
    WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f')
      AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_class.oid AND deptype = 'e')
    LIMIT 1`.execute(db);
  if (rows.length === 0) return;
  throw new BackupRefused(
    'The database is not empty, and nothing in it is overwritten: choose a new data folder (DOCKET_DATA_DIR) or a new, empty database.',
  );
}

/** Without our triggers, which would write down again what has happened already. Those of foreign keys stay. */
async function quietly(trx: Transaction<Schema>, work: () => Promise<void>): Promise<void> {
  const { rows } = await sql<{ table: string }>`
    SELECT DISTINCT tgrelid::regclass::text AS table FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
    WHERE NOT tgisinternal AND relnamespace = current_schema()::regnamespace`.execute(trx);
  for (const { table } of rows) await sql`ALTER TABLE ${sql.table(table)} DISABLE TRIGGER USER`.execute(trx);
  await work();
  for (const { table } of rows) await sql`ALTER TABLE ${sql.table(table)} ENABLE TRIGGER USER`.execute(trx);
}

async function copyAll(session: Session, trx: Transaction<Schema>, filling: Filling): Promise<void> {
  const { tables } = filling;
  for (const [at, table] of tables.entries()) {
    filling.tell(at, tables.length);
    await pipeline(filling.rows(table), copyIn(session, table.name, table.columns));
    const { rows, digest } = await digestOf(trx, table.name);
    if (rows !== table.rows || digest !== table.digest) {
      throw new BackupBroken(
        `${table.name} did not arrive as it was: ${rows} of ${table.rows} rows, or other ones. Nothing was changed.`,
      );
    }
  }
  filling.tell(tables.length, tables.length);
}
