import { type Kysely, sql } from 'kysely';

/** What scanners said of each file, how often they failed at it, and how far the second look at all files is. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const table of ['ticket_attachments', 'uploads']) {
    await sql`ALTER TABLE ${sql.table(table)} ADD COLUMN scan_attempts integer NOT NULL DEFAULT 0`.execute(
      db,
    );
  }
  // Few among many that are clean: what waits, what is blocked, and what nobody has looked at.
  await sql`
    CREATE INDEX ticket_attachments_not_clean ON ticket_attachments (virus_scan_status, created_at, id)
      WHERE virus_scan_status <> 'clean'`.execute(db);
  await sql`CREATE INDEX uploads_ready ON uploads (virus_scan_status) WHERE state = 'ready'`.execute(db);
  // A staged upload keeps its id when it becomes an attachment; what was said of it stays when the row is gone.
  await sql`
    CREATE TABLE scans (
      seq bigserial PRIMARY KEY,
      file_id varchar(36) NOT NULL,
      at timestamptz NOT NULL DEFAULT now(),
      engine varchar(64) NOT NULL,
      engine_version varchar(255) NOT NULL,
      signatures varchar(255) NOT NULL,
      signatures_at timestamptz,
      bytes bigint NOT NULL,
      duration_ms integer NOT NULL,
      verdict varchar(16) NOT NULL CHECK (verdict IN ('clean', 'infected', 'unscannable', 'failed')),
      result varchar(512)
    )`.execute(db);
  await sql`CREATE INDEX scans_file ON scans (file_id, seq)`.execute(db);
  // One row: the signatures that all files are looked at with again, and where that stands.
  await sql`
    CREATE TABLE rescan_pass (
      single boolean PRIMARY KEY DEFAULT true CHECK (single),
      engine varchar(255) NOT NULL,
      started_at timestamptz NOT NULL DEFAULT now(),
      before_at timestamptz NOT NULL,
      before_id varchar(36) NOT NULL,
      finished_at timestamptz
    )`.execute(db);
  // Unlogged: whoever held a place does not outlive the database's crash.
  await sql`
    CREATE UNLOGGED TABLE scan_slots (
      slot integer PRIMARY KEY,
      holder varchar(36) NOT NULL,
      instance integer NOT NULL
    )`.execute(db);
}
