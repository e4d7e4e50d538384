import { type Kysely, sql } from 'kysely';

/** Uploads that come in pieces (tus): how far they are, where the pieces lie, and who may write the next. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    ALTER TABLE uploads
      ADD COLUMN upload_length bigint CHECK (upload_length > 0),
      ADD COLUMN upload_offset bigint NOT NULL DEFAULT 0,
      ADD COLUMN upload_metadata text,
      ADD COLUMN refusal_details jsonb,
      ADD CHECK ((entrance = 'tus') = (upload_length IS NOT NULL)),
      ADD CHECK (upload_offset <= coalesce(upload_length, 0))`.execute(db);
  await sql`
    CREATE TABLE upload_segments (
      file_path varchar(512) PRIMARY KEY,
      upload_id varchar(36) NOT NULL REFERENCES uploads ON DELETE CASCADE,
      position bigint NOT NULL,
      size bigint NOT NULL CHECK (size > 0),
      UNIQUE (upload_id, position)
    )`.execute(db);
  // Unlogged: whoever held a lock does not outlive the database's crash, and taking one need not wait for the disk.
  await sql`
    CREATE UNLOGGED TABLE upload_locks (
      upload_id varchar(36) PRIMARY KEY,
      holder varchar(36) NOT NULL,
      instance integer NOT NULL,
      lease_until timestamptz NOT NULL
    )`.execute(db);
}
