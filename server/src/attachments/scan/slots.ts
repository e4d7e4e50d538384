import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { isPresent } from '../../db/notifications.ts';
import type { Db } from '../../db/open.ts';
import type { Log } from '../../log.ts';

/** Milliseconds between two looks for a free place. */
const LOOK_EVERY = 100;

interface Places {
  db: Db;
  log: Log;
  /** This process, by `Notifications.instance`. */
  instance: number;
  /** How many there are. */
  places: number;
}

/** The scanner's places, shared by all instances. Those of a process that died are free at once. */
export function createSlots({ db, log, instance, places }: Places) {
  /** Given back when the database did not listen. */
  const owed = new Set<string>();

  /** Does `work` in one of the places, and waits for it while all are taken. */
  async function inSlot<Result>(signal: AbortSignal, work: () => Promise<Result>): Promise<Result> {
    const holder = randomUUID();
    while (!(await take(holder))) await sleep(LOOK_EVERY, undefined, { signal });
    try {
      return await work();
    } finally {
      owed.add(holder);
      await giveBack().catch((error: unknown) =>
        log.warn({ err: error }, 'a place of the scanner was not given back; trying again'),
      );
    }
  }

  async function take(holder: string): Promise<boolean> {
    await giveBack();
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

  async function giveBack(): Promise<void> {
    const holders = [...owed];
    if (holders.length === 0) return;
    await db.deleteFrom('scan_slots').where('holder', 'in', holders).execute();
    for (const holder of holders) owed.delete(holder);
  }

  return { inSlot };
}
