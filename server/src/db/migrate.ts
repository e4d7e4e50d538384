import { sql } from 'kysely';
import { Migrator } from 'kysely/migration';
import { migrations } from './migrations/index.ts';
import type { Db } from './open.ts';

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
