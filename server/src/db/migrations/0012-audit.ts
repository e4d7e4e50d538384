import { type Kysely, sql } from 'kysely';

/** Where the background audit of stored files stands, and what its last pass came to. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE audit_pass (
      single boolean PRIMARY KEY DEFAULT true CHECK (single),
      kind varchar(16) NOT NULL CHECK (kind IN ('upload', 'attachment', 'thumbnail')),
      after_id varchar(36) NOT NULL,
      pace bigint NOT NULL DEFAULT 1 CHECK (pace > 0),
      paced_at timestamptz NOT NULL DEFAULT 'epoch',
      started_at timestamptz NOT NULL DEFAULT now(),
      due_at timestamptz NOT NULL DEFAULT now(),
      files bigint NOT NULL DEFAULT 0,
      bytes bigint NOT NULL DEFAULT 0,
      findings bigint NOT NULL DEFAULT 0,
      last_ended_at timestamptz,
      last_files bigint,
      last_findings bigint
    )`.execute(db);
}
