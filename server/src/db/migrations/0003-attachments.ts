import { type Kysely, sql } from 'kysely';

const SCAN_STATUS = sql`('pending', 'clean', 'infected', 'quarantined', 'unscannable', 'skipped')`;

/** Attachments as their specification gives them, and what the promises need beside it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await attachments(db);
  await uploads(db);
  await events(db);
  await sql`
    CREATE TABLE idempotency_keys (
      user_id varchar(36) NOT NULL REFERENCES users ON DELETE CASCADE,
      key varchar(255) NOT NULL,
      fingerprint varchar(64) NOT NULL,
      response text NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (user_id, key)
    )`.execute(db);
  await sql`CREATE INDEX idempotency_keys_age ON idempotency_keys (created_at)`.execute(db);
  await sql`
    CREATE TABLE file_storage_config (
      id varchar(36) PRIMARY KEY,
      storage_type varchar(16) NOT NULL,
      base_path text NOT NULL,
      max_file_size bigint NOT NULL,
      allowed_mime_types jsonb NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now()
    )`.execute(db);
}

async function attachments(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE ticket_attachments (
      id varchar(36) PRIMARY KEY,
      ticket_id varchar(36) NOT NULL REFERENCES tickets ON DELETE CASCADE,
      reply_id varchar(36) REFERENCES ticket_replies ON DELETE CASCADE,
      internal boolean NOT NULL DEFAULT false,
      file_name varchar(255) NOT NULL,
      file_path varchar(512) NOT NULL UNIQUE,
      file_size bigint NOT NULL CHECK (file_size > 0),
      mime_type varchar(127) NOT NULL,
      description varchar(500),
      sha256 char(64) NOT NULL,
      warnings jsonb NOT NULL DEFAULT '[]',
      storage varchar(16) NOT NULL,
      key_id varchar(64),
      virus_scan_status varchar(16) NOT NULL CHECK (virus_scan_status IN ${SCAN_STATUS}),
      virus_scan_timestamp timestamptz,
      virus_scan_result text,
      uploaded_by varchar(36) NOT NULL REFERENCES users,
      created_by varchar(36) NOT NULL REFERENCES users,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now(),
      deleted_at timestamptz,
      deleted_by varchar(36) REFERENCES users,
      released_at timestamptz,
      released_by varchar(36) REFERENCES users,
      release_reason text,
      purged_at timestamptz
    )`.execute(db);
  await sql`CREATE INDEX ticket_attachments_ticket ON ticket_attachments (ticket_id, created_at DESC, id DESC)`.execute(
    db,
  );
  await sql`CREATE INDEX ticket_attachments_reply ON ticket_attachments (reply_id)`.execute(db);
  await sql`CREATE INDEX ticket_attachments_uploader ON ticket_attachments (uploaded_by)`.execute(db);
  await sql`CREATE INDEX ticket_attachments_age ON ticket_attachments (created_at)`.execute(db);
  await sql`
    CREATE INDEX ticket_attachments_staged ON ticket_attachments (id) WHERE file_path LIKE 'staged/%'`.execute(
    db,
  );
  await sql`
    CREATE TABLE attachment_totals (
      ticket_id varchar(36) NOT NULL REFERENCES tickets ON DELETE CASCADE,
      internal boolean NOT NULL,
      file_count integer NOT NULL DEFAULT 0 CHECK (file_count >= 0),
      total_size bigint NOT NULL DEFAULT 0 CHECK (total_size >= 0),
      PRIMARY KEY (ticket_id, internal)
    )`.execute(db);
}

async function uploads(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE uploads (
      id varchar(36) PRIMARY KEY,
      owner_id varchar(36) NOT NULL REFERENCES users ON DELETE CASCADE,
      entrance varchar(16) NOT NULL CHECK (entrance IN ('form', 'staged', 'tus')),
      state varchar(16) NOT NULL
        CHECK (state IN ('receiving', 'ready', 'attached', 'refused', 'abandoned', 'expired')),
      ticket_id varchar(36) REFERENCES tickets ON DELETE CASCADE,
      reply_id varchar(36) REFERENCES ticket_replies ON DELETE CASCADE,
      internal boolean NOT NULL DEFAULT false,
      reserved_size bigint NOT NULL DEFAULT 0,
      lease_until timestamptz,
      expires_at timestamptz NOT NULL,
      file_name varchar(255),
      file_path varchar(512) UNIQUE,
      file_size bigint,
      mime_type varchar(127),
      description varchar(500),
      sha256 char(64),
      warnings jsonb NOT NULL DEFAULT '[]',
      storage varchar(16),
      key_id varchar(64),
      virus_scan_status varchar(16) CHECK (virus_scan_status IN ${SCAN_STATUS}),
      virus_scan_timestamp timestamptz,
      virus_scan_result text,
      refusal_code varchar(64),
      attachment_id varchar(36),
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now()
    )`.execute(db);
  await sql`CREATE INDEX uploads_owner ON uploads (owner_id, created_at)`.execute(db);
  await sql`CREATE INDEX uploads_living ON uploads (owner_id) WHERE state IN ('receiving', 'ready')`.execute(
    db,
  );
  await sql`CREATE INDEX uploads_arriving ON uploads (ticket_id) WHERE state = 'receiving'`.execute(db);
  await sql`CREATE INDEX uploads_expiry ON uploads (state, expires_at)`.execute(db);
}

async function events(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE attachment_events (
      seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      at timestamptz NOT NULL DEFAULT now(),
      event varchar(32) NOT NULL,
      actor_id varchar(36),
      address varchar(64),
      ticket_id varchar(36),
      attachment_id varchar(36),
      upload_id varchar(36),
      detail jsonb NOT NULL DEFAULT '{}'
    )`.execute(db);
  await sql`CREATE INDEX attachment_events_attachment ON attachment_events (attachment_id, seq)`.execute(db);
  await sql`CREATE INDEX attachment_events_ticket ON attachment_events (ticket_id, seq)`.execute(db);
  await sql`
    CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
    END $$`.execute(db);
  await sql`
    CREATE TRIGGER attachment_events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON attachment_events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`.execute(db);
}
