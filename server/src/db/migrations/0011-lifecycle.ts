import { type Kysely, sql } from 'kysely';

/** The end of deleted files, what is left to know of them, and what keeps them from it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const table of ['tickets', 'ticket_attachments']) {
    await sql`
      ALTER TABLE ${sql.table(table)}
        ADD COLUMN held_at timestamptz,
        ADD COLUMN held_by varchar(36) REFERENCES users,
        ADD COLUMN hold_reason text,
        ADD CHECK ((held_at IS NULL) = (held_by IS NULL) AND (held_at IS NULL) = (hold_reason IS NULL))`.execute(
      db,
    );
  }
  await sql`
    ALTER TABLE ticket_attachments
      ADD COLUMN purged_by varchar(36) REFERENCES users,
      ADD COLUMN purge_reason text,
      ADD COLUMN bytes_gone_at timestamptz,
      ADD CHECK (purged_at IS NULL OR deleted_at IS NOT NULL),
      ADD CHECK (bytes_gone_at IS NULL OR purged_at IS NOT NULL)`.execute(db);
  await sql`
    CREATE INDEX ticket_attachments_deleted ON ticket_attachments (deleted_at, id)
      WHERE deleted_at IS NOT NULL AND purged_at IS NULL AND held_at IS NULL`.execute(db);
  await sql`
    CREATE INDEX ticket_attachments_purged ON ticket_attachments (id)
      WHERE purged_at IS NOT NULL AND bytes_gone_at IS NULL`.execute(db);
}
