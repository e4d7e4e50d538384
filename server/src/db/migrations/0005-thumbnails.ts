import { type Kysely, sql } from 'kysely';

/** Small pictures of attached pictures: objects in the store like the files themselves, found by their rows. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE thumbnails (
      attachment_id varchar(36) PRIMARY KEY REFERENCES ticket_attachments ON DELETE CASCADE,
      state varchar(16) NOT NULL CHECK (state IN ('making', 'ready', 'failed')),
      attempts integer NOT NULL DEFAULT 1,
      lease_until timestamptz,
      file_path varchar(512) UNIQUE,
      file_size bigint,
      sha256 char(64),
      storage varchar(16) NOT NULL,
      key_id varchar(64),
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now(),
      CHECK (state <> 'ready' OR (file_path IS NOT NULL AND file_size IS NOT NULL AND sha256 IS NOT NULL))
    )`.execute(db);
  await sql`CREATE INDEX thumbnails_unmade ON thumbnails (attachment_id) WHERE state = 'making'`.execute(db);
}
