import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import type { Db } from '../../src/db/open.ts';

/**
 * Every row of a database, and every file below a folder with its size and time: to see that nothing has changed. Not the
 * queues of pg-boss, which every start of Docket names anew (their jobs are), nor when it last looked whether its own
 * tables are up to date, as every start does.
 */
export async function everythingIn(db: Db, folder: string): Promise<unknown> {
  const { rows: tables } = await sql<{ name: string }>`
    SELECT table_schema || '.' || table_name AS name FROM information_schema.tables
    WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')
      AND (table_schema, table_name) <> ('pgboss', 'queue') ORDER BY 1
  `.execute(db);
  const contents: Record<string, unknown> = {};
  for (const { name } of tables) {
    const { rows } = await sql<{ row: unknown }>`
      SELECT to_jsonb(t) - 'bam_on' AS row FROM ${sql.table(name)} AS t ORDER BY to_jsonb(t)::text`.execute(
      db,
    );
    contents[name] = rows;
  }
  const entries = await readdir(folder, { recursive: true });
  const files = await Promise.all(
    entries.sort().map(async (entry) => {
      const { size, mtimeMs } = await stat(join(folder, entry));
      return [entry, size, mtimeMs];
    }),
  );
  return { contents, files };
}
