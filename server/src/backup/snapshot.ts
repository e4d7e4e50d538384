import type { Readable } from 'node:stream';
import { sql } from 'kysely';
import { copyOut, partOf } from '../db/copy.ts';
import { STEPS, stepsTaken } from '../db/migrate.ts';
import type { Db } from '../db/open.ts';
import type { Session } from '../db/session.ts';
import { type Counter, columnsOf, countersOf, type Digest, digestOf } from '../db/tables.ts';
import { BackupRefused } from './errors.ts';

/** A table as it is at one instant. */
export interface TableOf extends Digest {
  name: string;
  columns: string[];
}

/** The database at one instant, whatever others do meanwhile; one question after the other. */
export interface Snapshot {
  table(name: string): Promise<TableOf>;
  /** Its lines, as `copyOut` says. */
  rows(table: TableOf): Readable;
  /** The same of a query. */
  query(text: string): Readable;
  counters(tables: string[]): Promise<Counter[]>;
}

/** Does `work` on one instant of the database. Throws BackupRefused unless its schema is the one of this Docket. */
export async function inSnapshot<Result>(
  session: Session,
  work: (snapshot: Snapshot) => Promise<Result>,
): Promise<Result> {
  const failures: unknown[] = [];
  try {
    return await session.db
      .transaction()
      .setIsolationLevel('repeatable read')
      .setAccessMode('read only')
      .execute(async (trx) => {
        await requireSchema(trx);
        const done = work({
          async table(name) {
            return { name, columns: await columnsOf(trx, name), ...(await digestOf(trx, name)) };
          },
          rows: ({ name, columns }) => copyOut(session, partOf(name, columns)),
          query: (text) => copyOut(session, `(${text})`),
          counters: (tables) => countersOf(trx, tables),
        });
        done.catch((error) => failures.push(error));
        return await done;
      });
  } catch (error) {
    // Where its rows were cut, the session cannot roll back, and would tell of that alone.
    throw failures[0] ?? error;
  }
}

/** Which PostgreSQL it is, in its own words. */
export async function versionOf(db: Db): Promise<string> {
  const { rows } = await sql<{ server_version: string }>`SHOW server_version`.execute(db);
  return rows[0]?.server_version ?? '';
}

/** Throws unless the schema is the one of this Docket. */
export async function requireSchema(db: Db): Promise<void> {
  const taken = await stepsTaken(db);
  if (taken.length === 0)
    throw new BackupRefused('There is no desk in this database: there is nothing to copy.');
  if (taken.length === STEPS.length && taken.every((step, at) => step === STEPS[at])) return;
  throw new BackupRefused(
    `The database is of another version of Docket (${taken.at(-1)}; this one is at ${STEPS.at(-1)}). Use that version, or run docket migrate first.`,
  );
}
