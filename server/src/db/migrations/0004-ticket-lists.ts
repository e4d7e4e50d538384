import { type Kysely, sql } from 'kysely';

/** Lists sorted by the last change. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`CREATE INDEX tickets_changed ON tickets (updated_at DESC, id DESC)`.execute(db);
}
