import { sql } from 'kysely';
import type { Db } from '../../db/open.ts';
import type { ScanStatus } from '../../db/schema.ts';
import type { Parts } from '../parts.ts';
import { type Engine, type Scanner, ScannerUnavailable } from './scanner.ts';
import type { Scanning } from './scanning.ts';

/** What a second look is worth for. What is blocked for malware stays so until an admin asks. */
const AGAIN: ScanStatus[] = ['clean', 'skipped', 'unscannable'];
const BATCH = 20;

/**
 * Looks again at every file there is, newest first and one at a time, whenever the scanner or its signatures are other
 * ones than at the last pass: also when a scanner is there for the first time. Ends after `budget` ms and goes on from
 * there at the next call; for one at a time among all instances. Resolves to how many were looked at.
 */
export async function rescanPass(
  { db }: Pick<Parts, 'db'>,
  { scanner, scan }: { scanner: Scanner; scan: Scanning['scan'] },
  budget = 50_000,
): Promise<number> {
  const engine = await scanner.engine().catch((error: unknown) => {
    if (error instanceof ScannerUnavailable) return undefined;
    throw error;
  });
  if (!engine) return 0;
  const name = nameOf(engine);
  await begin(db, name);
  const until = performance.now() + budget;
  let looked = 0;
  while (performance.now() < until) {
    const files = await next(db, name);
    if (files.length === 0) break;
    for (const file of files) {
      if ((await scan(file.id)) === 'away') return looked;
      looked += 1;
      if (!(await advance(db, name, file)) || performance.now() >= until) return looked;
    }
  }
  return looked;
}

function nameOf({ name, version, signatures }: Engine): string {
  return `${name} ${version} ${signatures}`.slice(0, 255);
}

async function begin(db: Db, engine: string): Promise<void> {
  const fresh = {
    ...{ engine, started_at: sql<Date>`now()`, before_id: '', finished_at: null },
    before_at: sql<Date>`now()`,
  };
  await db
    .insertInto('rescan_pass')
    .values(fresh)
    .onConflict((conflict) =>
      conflict
        .column('single')
        .doUpdateSet(fresh)
        .where('rescan_pass.engine', '!=', sql<string>`excluded.engine`),
    )
    .execute();
}

/** The next newest; none when the pass is over, which is remembered. */
async function next(db: Db, engine: string): Promise<{ id: string }[]> {
  const files = await db
    .selectFrom('ticket_attachments')
    .innerJoin('rescan_pass', (join) => join.on('engine', '=', engine).on('finished_at', 'is', null))
    .select('id')
    .where('purged_at', 'is', null)
    .where('virus_scan_status', 'in', AGAIN)
    .where(sql<boolean>`(ticket_attachments.created_at, id) < (before_at, before_id)`)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('scans')
            .select('seq')
            .whereRef('file_id', '=', 'ticket_attachments.id')
            .whereRef('at', '>=', 'rescan_pass.started_at'),
        ),
      ),
    )
    .orderBy('ticket_attachments.created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(BATCH)
    .execute();
  if (files.length > 0) return files;
  await db
    .updateTable('rescan_pass')
    .set({ finished_at: sql<Date>`now()` })
    .where('engine', '=', engine)
    .execute();
  return leftOut(db);
}

/** Staged while there was no scanner, and claimed since. */
function leftOut(db: Db): Promise<{ id: string }[]> {
  return db
    .selectFrom('ticket_attachments')
    .select('id')
    .where('virus_scan_status', '=', 'skipped')
    .where('purged_at', 'is', null)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(BATCH)
    .execute();
}

/** Resolves to whether the pass is still this one. */
async function advance(db: Db, engine: string, { id }: { id: string }): Promise<boolean> {
  const pass = await db
    .updateTable('rescan_pass')
    .set({
      before_id: id,
      // Of the row itself: a microsecond is lost on the way here and back.
      before_at: sql<Date>`coalesce((SELECT created_at FROM ticket_attachments WHERE id = ${id}), before_at)`,
    })
    .where('engine', '=', engine)
    .returning('engine')
    .executeTakeFirst();
  return pass !== undefined;
}
