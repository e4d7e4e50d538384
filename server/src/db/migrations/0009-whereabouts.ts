import { type Kysely, sql } from 'kysely';

/** What is on its way says where its bytes are too, from the first of them. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`UPDATE uploads SET storage = 'disk' WHERE storage IS NULL`.execute(db);
  await sql`ALTER TABLE uploads ALTER COLUMN storage SET NOT NULL`.execute(db);
  await sql`
    ALTER TABLE upload_segments
      ADD COLUMN storage varchar(16) NOT NULL DEFAULT 'disk', ADD COLUMN key_id varchar(64)`.execute(db);
  await sql`ALTER TABLE upload_segments ALTER COLUMN storage DROP DEFAULT`.execute(db);
}
