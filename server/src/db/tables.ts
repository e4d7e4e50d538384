import { sql } from 'kysely';
import type { Db } from './open.ts';
import type { Schema } from './schema.ts';

/**
 * What becomes of a table when the desk goes elsewhere: it is `kept`; or what is in it can be made `again` and need not
 * lie in a backup; or it speaks of what happens at this `moment` in this database and of nothing else.
 */
type Fate = 'kept' | 'again' | 'moment';

/** In this order: a table before those that refer to it. */
const TABLES = {
  users: 'kept',
  sessions: 'kept',
  accounts: 'kept',
  verifications: 'kept',
  auth_rate_limits: 'kept',
  api_tokens: 'kept',
  one_time_links: 'kept',
  secrets: 'kept',
  tickets: 'kept',
  ticket_participants: 'kept',
  ticket_replies: 'kept',
  ticket_attachments: 'kept',
  attachment_totals: 'kept',
  attachment_events: 'kept',
  thumbnails: 'again',
  uploads: 'kept',
  upload_segments: 'kept',
  scans: 'kept',
  rescan_pass: 'kept',
  audit_pass: 'kept',
  idempotency_keys: 'kept',
  file_storage_config: 'kept',
  // Numbers of transactions mean nothing in another database.
  ticket_events: 'moment',
  upload_locks: 'moment',
  scan_slots: 'moment',
} satisfies Record<keyof Schema, Fate>;

/** The tables of these fates, each before those that refer to it. */
export function tablesThatAre(...fates: Fate[]): string[] {
  return Object.entries(TABLES).flatMap(([name, fate]) => (fates.includes(fate) ? [name] : []));
}

/** Everything of a table that has to be written, in its order. */
export async function columnsOf(db: Db, table: string): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    SELECT attname AS name FROM pg_attribute
    WHERE attrelid = ${table}::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
    ORDER BY attnum`.execute(db);
  return rows.map(({ name }) => name);
}

/** How many rows a table has, and a number that is the same for the same rows, in whatever order. */
export interface Digest {
  rows: number;
  digest: string;
}

export async function digestOf(db: Db, table: string): Promise<Digest> {
  const { rows } = await sql<Digest>`
    SELECT count(*) AS rows, coalesce(sum(
      ('x' || encode(substr(sha256(convert_to(its::text, 'UTF8')), 1, 8), 'hex'))::bit(64)::bigint
    ), 0)::text AS digest FROM ${sql.table(table)} AS its`.execute(db);
  const [row] = rows;
  if (!row) throw new Error(`nothing was counted in ${table}`);
  return row;
}

/** What a column counts up by itself, and its next number. */
export interface Counter {
  table: string;
  column: string;
  next: number;
}

/** The counters of these tables: at least as far as any row that is seen now. */
export async function countersOf(db: Db, tables: string[]): Promise<Counter[]> {
  const { rows } = await sql<{ table: string; column: string; sequence: string }>`
    SELECT the_table AS table, attname AS column, pg_get_serial_sequence(the_table, attname) AS sequence
    FROM unnest(${tables}::text[]) AS the_table JOIN pg_attribute ON attrelid = the_table::regclass
    WHERE attnum > 0 AND NOT attisdropped AND pg_get_serial_sequence(the_table, attname) IS NOT NULL`.execute(
    db,
  );
  const counters: Counter[] = [];
  for (const { table, column, sequence } of rows) {
    const { rows: values } = await sql<{ next: number }>`
      SELECT last_value + is_called::integer AS next FROM ${sql.raw(sequence)}`.execute(db);
    counters.push({ table, column, next: values[0]?.next ?? 1 });
  }
  return counters;
}

export async function setCounter(db: Db, { table, column, next }: Counter): Promise<void> {
  await sql`SELECT setval(pg_get_serial_sequence(${table}, ${column}), ${next}, false)`.execute(db);
}
