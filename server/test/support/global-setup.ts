import { pino } from 'pino';
import type { TestProject } from 'vitest/node';
import { openJobs } from '../../src/db/jobs.ts';
import { migrate } from '../../src/db/migrate.ts';
import { type ConnectTo, openDb, openPool } from '../../src/db/open.ts';
import { databaseOn, onServer } from './database.ts';
import { startPostgres } from './postgres.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The server of this run. */
    postgres: ConnectTo;
    /** The name of its migrated, empty database. */
    template: string;
  }
}

/**
 * One PostgreSQL for the run and one migrated database in it, which every test file copies. The server is
 * the one of DATABASE_URL, or else one of our own that does not outlive the run.
 */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const url = process.env.DATABASE_URL;
  const server = url ? { to: url, stop: async () => {} } : await startPostgres();
  const template = `docket_template_${process.pid}`;
  try {
    await onServer(server.to, `CREATE DATABASE ${template}`);
    await migrateDatabase(databaseOn(server.to, template));
  } catch (error) {
    await server.stop();
    throw error;
  }
  project.provide('postgres', server.to);
  project.provide('template', template);
  return async () => {
    await onServer(server.to, `DROP DATABASE ${template} WITH (FORCE)`);
    await server.stop();
  };
}

/** With the tables of background work: each desk would make them anew, which takes longer than all else of it. */
async function migrateDatabase(to: ConnectTo): Promise<void> {
  await using begun = new AsyncDisposableStack();
  const db = begun.adopt(openDb(openPool(to, rethrow)), (it) => it.destroy());
  const jobs = begun.adopt(openJobs(to, pino({ level: 'warn' })), (it) => it.stop());
  await migrate(db, jobs.install);
}

function rethrow(error: Error): never {
  throw error;
}
