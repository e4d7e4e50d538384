import { sql } from 'kysely';
import type { Db } from '../../db/open.ts';
import type { AuditPassTable } from '../../db/schema.ts';
import { type Position, START, type StoredFile, sumOfStored } from './stored-files.ts';

/** Every file is hashed once in so many days, where the pace allows it. */
export const PASS_DAYS = 30;
/** An empty desk is looked at again after so many: its first files would wait for the next pass. */
const EMPTY_DAYS = 1;
/** Bytes a second at most: one or two hundredths of a core, and 10 TB in a pass. */
export const MOST_PACE = 4 * 1024 * 1024;
/** Hours for which a pace holds: a desk may grow. And the most that one file keeps the next. */
const PACE_HOURS = 24;
/** Seconds of its pace that the audit makes up for after it stood still. */
const CATCH_UP = 60;

/** Where the audit is, and whether it is time for the next file. */
export interface Pass {
  at: Position;
  is_due: boolean;
}

/** What a pass over all files came to. */
export interface LastAudit {
  ended_at: Date;
  files: number;
  findings: number;
}

const PASS = ['kind', 'after_id', sql<boolean>`due_at <= now()`.as('is_due')] as const;

/** The very first one begins here; and each day its pace is set anew. */
export async function currentPass(db: Db): Promise<Pass> {
  await db
    .insertInto('audit_pass')
    .values(START)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const { is_stale, ...row } = await db
    .selectFrom('audit_pass')
    .select([...PASS, sql<boolean>`paced_at < now() - make_interval(hours => ${PACE_HOURS})`.as('is_stale')])
    .executeTakeFirstOrThrow();
  if (row.is_due && is_stale) {
    const pace = await paceOf(db);
    await db.updateTable('audit_pass').set({ pace, paced_at: sql<Date>`now()` }).execute();
  }
  return asPass(row);
}

/** The next file is due when this one's bytes are paid for at the pass' pace. Undefined where somebody else was here. */
export async function advance(
  db: Db,
  from: Position,
  { file, isFinding }: { file: StoredFile; isFinding: boolean },
): Promise<Pass | undefined> {
  const row = await db
    .updateTable('audit_pass')
    .set({
      ...{ kind: file.kind, after_id: file.id, files: sql<number>`files + 1` },
      bytes: sql<number>`bytes + ${file.file_size}`,
      findings: sql<number>`findings + ${isFinding ? 1 : 0}`,
      due_at: sql<Date>`
        greatest(due_at, now() - make_interval(secs => ${CATCH_UP}))
          + least(make_interval(secs => ${file.file_size}::float8 / pace), make_interval(hours => ${PACE_HOURS}))`,
    })
    .where('kind', '=', from.kind)
    .where('after_id', '=', from.after_id)
    .returning(PASS)
    .executeTakeFirst();
  return row && asPass(row);
}

/** Remembers what this pass came to, and begins the next. Undefined where somebody else has. */
export async function endPass(
  db: Db,
  from: Position,
): Promise<{ files: number; bytes: number; findings: number } | undefined> {
  const { files, bytes, findings } = await db
    .selectFrom('audit_pass')
    .select(['files', 'bytes', 'findings'])
    .executeTakeFirstOrThrow();
  const begun = await db
    .updateTable('audit_pass')
    .set({
      ...{ ...START, started_at: sql<Date>`now()` },
      ...{ files: 0, bytes: 0, findings: 0 },
      due_at: sql<Date>`greatest(due_at, started_at + make_interval(days => ${files > 0 ? PASS_DAYS : EMPTY_DAYS}))`,
      ...{ last_ended_at: sql<Date>`now()`, last_files: files, last_findings: findings },
    })
    .where('kind', '=', from.kind)
    .where('after_id', '=', from.after_id)
    .returning('single')
    .executeTakeFirst();
  return begun && { files, bytes, findings };
}

/** Undefined until a first pass has come to its end. */
export async function lastAudit(db: Db): Promise<LastAudit | undefined> {
  return db
    .selectFrom('audit_pass')
    .select(['last_ended_at as ended_at', 'last_files as files', 'last_findings as findings'])
    .where('last_ended_at', 'is not', null)
    .$narrowType<LastAudit>()
    .executeTakeFirst();
}

/** Bytes a second. */
async function paceOf(db: Db): Promise<number> {
  const { bytes } = await sumOfStored(db);
  return Math.min(MOST_PACE, Math.max(1, Math.ceil(bytes / (PASS_DAYS * 86_400))));
}

function asPass({
  kind,
  after_id,
  is_due,
}: Pick<AuditPassTable, 'kind' | 'after_id'> & { is_due: boolean }): Pass {
  return { at: { kind, after_id }, is_due };
}
