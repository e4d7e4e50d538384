import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import type { ConnectTo } from '../../src/db/open.ts';

export interface TestDatabase {
  to: ConnectTo;
  drop(): Promise<void>;
}

/** A migrated, empty database for one test file. Close what you opened on it, then drop it. */
export function createTestDatabase(): Promise<TestDatabase> {
  return createFrom(inject('template'));
}

/** One that nobody has been in. */
export function createEmptyDatabase(): Promise<TestDatabase> {
  return createFrom('template0');
}

async function createFrom(template: string): Promise<TestDatabase> {
  const server = inject('postgres');
  const name = `docket_test_${randomUUID().replaceAll('-', '')}`;
  await onServer(server, `CREATE DATABASE ${name} TEMPLATE ${template}`);
  return {
    to: databaseOn(server, name),
    drop: () => onServer(server, `DROP DATABASE ${name} WITH (FORCE)`),
  };
}

/** The same server, another database. */
export function databaseOn(server: ConnectTo, database: string): ConnectTo {
  if (typeof server !== 'string') return { ...server, database };
  const url = new URL(server);
  url.pathname = `/${database}`;
  return url.href;
}

/** Runs one statement on the server's own database. */
export async function onServer(server: ConnectTo, statement: string): Promise<void> {
  const client = new pg.Client(typeof server === 'string' ? { connectionString: server } : server);
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
