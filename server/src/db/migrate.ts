import { sql, type Transaction } from 'kysely';
import { Migrator } from 'kysely/migration';
import { migrations } from './migrations/index.ts';
import type { Db } from './open.ts';
import type { Schema } from './schema.ts';

/** One number for everybody who may change the schema of this database. */
const MIGRATION_LOCK = 7_305_821;

/**
 * Brings the schema up to date: ours, then whatever `others` bring (pg-boss), one instance at a time.
 * Resolves to the names of the steps taken; throws, with nothing half done, when a step fails.
 */
export async function migrate(db: Db, others: () => Promise<void> = async () => {}): Promise<string[]> {
  return db.connection().execute(async (connection) => {
    await sql`SELECT pg_advisory_lock(${MIGRATION_LOCK})`.execute(connection);
    try {
      const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } });
      const { error, results } = await migrator.migrateToLatest();
      if (error) throw error;
      await others();
      return (results ?? []).map((step) => step.migrationName);
    } finally {
      await sql`SELECT pg_advisory_unlock(${MIGRATION_LOCK})`.execute(connection);
    }
  });
}

/** Every step there is, in order. */
export const STEPS = Object.keys(migrations).sort();

/** The steps that a schema has taken, in order; none where Docket has never been. */
export async function stepsTaken(db: Db): Promise<string[]> {
  const { rows: there } = await sql<{ table: string | null }>`
    SELECT to_regclass('kysely_migration')::text AS table`.execute(db);
  if (!there[0]?.table) return [];
  const { rows } = await sql<{ name: string }>`SELECT name FROM kysely_migration`.execute(db);
  return rows.map(({ name }) => name).sort();
}

/** Takes our steps up to and with this one, or all, as part of the caller's transaction; whoever else would waits. */
export async function migrateWithin(trx: Transaction<Schema>, upTo?: string): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock(${MIGRATION_LOCK})`.execute(trx);
  const migrator = new Migrator({ db: trx, provider: { getMigrations: async () => migrations } });
  const { error } = await (upTo === undefined ? migrator.migrateToLatest() : migrator.migrateTo(upTo));
  if (error) throw error;
}

/** Keeps everybody from beginning to work on this database, for as long as the connection of `db` is open. */
export async function keepOthersOut(db: Db): Promise<void> {
  await sql`SELECT pg_advisory_lock(${MIGRATION_LOCK})`.execute(db);
}
