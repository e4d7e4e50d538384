import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { isPresent } from '../../db/notifications.ts';
import type { Db } from '../../db/open.ts';

/** Milliseconds between two looks for a free place. */
const LOOK_EVERY = 100;

/**
 * Does `work` in one of the scanner's places, of which there are `places` among all instances, however many ask. Those
 * of a process that died are free at once.
 */
export async function inSlot<Result>(
  { db, instance, places }: { db: Db; instance: number; places: number },
  signal: AbortSignal,
  work: () => Promise<Result>,
): Promise<Result> {
  const holder = randomUUID();
  while (!(await take(db, holder, instance, places))) await sleep(LOOK_EVERY, undefined, { signal });
  try {
    return await work();
  } finally {
    await db.deleteFrom('scan_slots').where('holder', '=', holder).execute();
  }
}

async function take(db: Db, holder: string, instance: number, places: number): Promise<boolean> {
  const { rows } = await sql`
    INSERT INTO scan_slots (slot, holder, instance)
    SELECT place, ${holder}, ${instance} FROM generate_series(1, ${places}::integer) AS place
    WHERE NOT EXISTS (
      SELECT 1 FROM scan_slots AS held WHERE held.slot = place AND ${isPresent('held.instance')}
    )
    ORDER BY random() LIMIT 1
    ON CONFLICT (slot) DO UPDATE SET holder = excluded.holder, instance = excluded.instance
    WHERE NOT ${isPresent('scan_slots.instance')}
    RETURNING slot`.execute(db);
  return rows.length > 0;
}
