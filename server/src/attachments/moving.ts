import { type Kysely, sql } from 'kysely';
import type { Schema } from '../db/schema.ts';

/** One number for whoever moves stored files, of whom there is one at a time. */
const MOVING_LOCK = 7_305_822;

const MOVING = /\.moving(\.sealed)?$/;

/** What a file is called in the spool while it is moved between stores. */
export function movingName(id: string): string {
  return `${id}.moving`;
}

export function isMoving(name: string): boolean {
  return MOVING.test(name);
}

/** Does `work` as the only one who moves files, on whatever instance. Resolves to false where somebody else does. */
export async function asMover(db: Kysely<Schema>, work: () => Promise<void>): Promise<boolean> {
  return db.connection().execute(async (connection) => {
    const { rows } = await sql<{
      mine: boolean;
    }>`SELECT pg_try_advisory_lock(${MOVING_LOCK}) AS mine`.execute(connection);
    if (!rows[0]?.mine) return false;
    try {
      await work();
      return true;
    } finally {
      await sql`SELECT pg_advisory_unlock(${MOVING_LOCK})`.execute(connection);
    }
  });
}
