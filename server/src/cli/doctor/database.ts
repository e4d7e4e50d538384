import { sql } from 'kysely';
import type { Config } from '../../config.ts';
import type { Check } from '../../scanner-check.ts';
import { reachDatabase } from '../database.ts';
import { Complaint } from '../exit.ts';

const name = 'database';

/** Whether the database answers and is of this version, and then how its files stand. Brings nothing up to date. */
export async function checkDatabase(config: Config): Promise<Check[]> {
  const { openDb, openPool } = await import('../../db/open.ts');
  try {
    await using begun = new AsyncDisposableStack();
    const database = begun.adopt(await reachDatabase(config), (it) => it.stop());
    const db = begun.adopt(openDb(openPool(database.to, () => {}, 1)), (it) => it.destroy());
    const { rows } = await sql<{ server_version: string }>`SHOW server_version`.execute(db);
    const steps = await db.introspection.getTables({ withInternalKyselyTables: true });
    const taken = steps.some((table) => table.name === 'kysely_migration')
      ? await sql<{ name: string }>`SELECT name FROM kysely_migration`.execute(db)
      : { rows: [] };
    const { migrations } = await import('../../db/migrations/index.ts');
    const version = rows[0]?.server_version.split(' ')[0] ?? '';
    const check = ofSchema(
      `PostgreSQL ${version}`,
      Object.keys(migrations),
      taken.rows.map((row) => row.name),
    );
    const { checkFiles } = await import('./files.ts');
    return check.state === 'ok' ? [check, await checkFiles(config, db)] : [check];
  } catch (error) {
    if (!(error instanceof Complaint)) throw error;
    return [{ name, state: 'problem', found: error.message }];
  }
}

/** Pure: which steps of the schema the database has taken, of those that this version knows. */
export function ofSchema(server: string, known: string[], taken: string[]): Check {
  const latest = [...taken].sort().at(-1);
  const at = latest ? `its schema is at ${latest}` : 'it is empty';
  const found = `${server} answers; ${at}.`;
  if (taken.some((step) => !known.includes(step))) {
    const advice = 'A newer Docket has been at work on it: run that one.';
    return { name, state: 'problem', found, advice };
  }
  if (taken.length < known.length) {
    return {
      name,
      state: 'warning',
      found,
      advice: 'The next start, or docket migrate, brings it up to date.',
    };
  }
  return { name, state: 'ok', found };
}
