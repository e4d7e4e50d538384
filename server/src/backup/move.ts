import { keepOthersOut, STEPS } from '../db/migrate.ts';
import type { ConnectTo } from '../db/open.ts';
import { openSession } from '../db/session.ts';
import { tablesThatAre } from '../db/tables.ts';
import { inSnapshot, type TableOf } from './snapshot.ts';
import { fill, requireEmpty } from './target.ts';

export interface Moved {
  tables: TableOf[];
}

/**
 * Copies a database into another, empty one, which is then whole and compared with it row by row, or as empty as before.
 * Nobody begins to work on the first meanwhile; whoever works on it already is for the caller to keep away.
 */
export async function moveDatabase(
  from: ConnectTo,
  to: ConnectTo,
  tell: (done: number, total: number) => void,
): Promise<Moved> {
  await using source = await openSession(from);
  await using target = await openSession(to);
  await requireEmpty(target.db);
  await keepOthersOut(source.db);
  // Awaited here: the connections are closed when this function ends.
  return await inSnapshot(source, async (snapshot) => {
    const names = tablesThatAre('kept', 'again');
    const tables: TableOf[] = [];
    for (const name of names) tables.push(await snapshot.table(name));
    const counters = await snapshot.counters(names);
    await fill(target, { migrations: STEPS, tables, counters, rows: snapshot.rows, tell });
    return { tables };
  });
}
