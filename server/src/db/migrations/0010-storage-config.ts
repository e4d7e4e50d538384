import { type Kysely, sql } from 'kysely';

/** Every row is one state of the settings; the newest rules, and the others stay as they were. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    ALTER TABLE file_storage_config
      ALTER COLUMN base_path DROP NOT NULL,
      ADD COLUMN version bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
      ADD COLUMN changed_by varchar(36) REFERENCES users`.execute(db);
  await sql`
    CREATE TRIGGER file_storage_config_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON file_storage_config
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`.execute(db);
}
