import { type Kysely, sql } from 'kysely';

/** A statement that changes more rows than this is told as one `reset`: it is no news of one ticket, and costs no more. */
const MOST_AT_ONCE = 1_000;

/**
 * What has happened on tickets and to staged uploads, written down and said (`NOTIFY ticket_events`) by triggers, so
 * that no path can forget it.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE ticket_events (
      seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      at timestamptz NOT NULL DEFAULT clock_timestamp(),
      -- Who missed what is told by transactions: numbers of rows do not become visible in their order.
      xact xid8 NOT NULL DEFAULT pg_current_xact_id(),
      kind varchar(32) NOT NULL,
      ticket_id varchar(36) REFERENCES tickets ON DELETE CASCADE,
      user_id varchar(36) REFERENCES users ON DELETE CASCADE,
      reply_id varchar(36),
      attachment_id varchar(36),
      upload_id varchar(36),
      internal boolean NOT NULL DEFAULT false
    )`.execute(db);
  await sql`CREATE INDEX ticket_events_ticket ON ticket_events (ticket_id, seq)`.execute(db);
  await sql`CREATE INDEX ticket_events_user ON ticket_events (user_id, seq) WHERE user_id IS NOT NULL`.execute(
    db,
  );
  await sql`CREATE INDEX ticket_events_reset ON ticket_events (seq) WHERE kind = 'reset'`.execute(db);
  await says(db);
  await replies(db);
  await attachments(db);
  await tickets(db);
  await uploads(db);
  await people(db);
}

/** Every row is said as it is, with the place in the course of things that `helpdesk/live.ts` gives to its readers. */
async function says(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE FUNCTION ticket_event_place() RETURNS text LANGUAGE sql VOLATILE AS $$
      SELECT extract(epoch FROM clock_timestamp())::bigint || '-' || pg_snapshot_xmin(pg_current_snapshot())
    $$`.execute(db);
  await sql`
    CREATE FUNCTION say_ticket_events() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      PERFORM pg_notify('ticket_events', json_strip_nulls(json_build_object(
        'place', ticket_event_place(), 'kind', kind, 'ticket_id', ticket_id, 'user_id', user_id,
        'reply_id', reply_id, 'attachment_id', attachment_id, 'upload_id', upload_id, 'internal', internal
      ))::text) FROM told;
      RETURN NULL;
    END $$`.execute(db);
  await sql`
    CREATE TRIGGER ticket_events_said AFTER INSERT ON ticket_events REFERENCING NEW TABLE AS told
    FOR EACH STATEMENT EXECUTE FUNCTION say_ticket_events()`.execute(db);
}

/** A trigger's function: what `select` makes of `table`, which holds the changed rows, or one `reset` for too many. */
async function tells(db: Kysely<unknown>, name: string, table: string, select: string): Promise<void> {
  await sql
    .raw(`
    CREATE FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF (SELECT count(*) FROM (SELECT FROM ${table} LIMIT ${MOST_AT_ONCE + 1}) AS counted) > ${MOST_AT_ONCE} THEN
        INSERT INTO ticket_events (kind) VALUES ('reset');
      ELSE
        INSERT INTO ticket_events (kind, ticket_id, reply_id, attachment_id, internal) ${select};
      END IF;
      RETURN NULL;
    END $$`)
    .execute(db);
}

async function replies(db: Kysely<unknown>): Promise<void> {
  await tells(
    db,
    'tell_replies_added',
    'added',
    `SELECT 'reply_added', ticket_id, id, NULL, internal FROM added`,
  );
  await sql`
    CREATE TRIGGER ticket_replies_added AFTER INSERT ON ticket_replies REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION tell_replies_added()`.execute(db);
}

async function attachments(db: Kysely<unknown>): Promise<void> {
  await tells(
    db,
    'tell_attachments_added',
    'added',
    `SELECT 'attachment_added', ticket_id, reply_id, id, internal FROM added`,
  );
  await sql`
    CREATE TRIGGER ticket_attachments_added AFTER INSERT ON ticket_attachments REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION tell_attachments_added()`.execute(db);
  await tells(
    db,
    'tell_attachments_changed',
    'after',
    `SELECT change.kind, after.ticket_id, after.reply_id, after.id, after.internal
     FROM before JOIN after USING (id) CROSS JOIN LATERAL (VALUES
       ('attachment_judged', before.virus_scan_status <> after.virus_scan_status),
       ('attachment_released', before.released_at IS DISTINCT FROM after.released_at),
       ('attachment_deleted', before.deleted_at IS NULL AND after.deleted_at IS NOT NULL),
       ('attachment_restored', before.deleted_at IS NOT NULL AND after.deleted_at IS NULL),
       ('attachment_changed', before.description IS DISTINCT FROM after.description)
     ) change (kind, happened) WHERE change.happened`,
  );
  await sql`
    CREATE TRIGGER ticket_attachments_changed AFTER UPDATE ON ticket_attachments
    REFERENCING OLD TABLE AS before NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION tell_attachments_changed()`.execute(db);
}

/** Each by its row: what is said most of a ticket, that it was touched, is no news and costs nothing so. */
async function tickets(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE FUNCTION tell_ticket_changed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      INSERT INTO ticket_events (kind, ticket_id) VALUES ('ticket_changed', NEW.id);
      RETURN NULL;
    END $$`.execute(db);
  await sql`
    CREATE TRIGGER tickets_changed AFTER UPDATE OF status, priority, assignee_id, requester_id ON tickets
    FOR EACH ROW WHEN (
      (OLD.status, OLD.priority, OLD.assignee_id, OLD.requester_id)
      IS DISTINCT FROM (NEW.status, NEW.priority, NEW.assignee_id, NEW.requester_id)
    ) EXECUTE FUNCTION tell_ticket_changed()`.execute(db);
  // Somebody in copy may go with the ticket, which then hears no more.
  await tells(
    db,
    'tell_participants_changed',
    'those',
    `SELECT DISTINCT 'ticket_changed', tickets.id, NULL, NULL, false FROM those JOIN tickets ON tickets.id = those.ticket_id`,
  );
  for (const [name, change] of [
    ['added', sql`INSERT ON ticket_participants REFERENCING NEW`],
    ['removed', sql`DELETE ON ticket_participants REFERENCING OLD`],
  ] as const) {
    await sql`
      CREATE TRIGGER ${sql.raw(`ticket_participants_${name}`)} AFTER ${change} TABLE AS those
      FOR EACH STATEMENT EXECUTE FUNCTION tell_participants_changed()`.execute(db);
  }
}

/** The verdict on a staged upload, which its owner alone hears of. */
async function uploads(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE FUNCTION tell_upload_judged() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      INSERT INTO ticket_events (kind, user_id, upload_id) VALUES ('upload_judged', NEW.owner_id, NEW.id);
      RETURN NULL;
    END $$`.execute(db);
  await sql`
    CREATE TRIGGER uploads_judged AFTER UPDATE OF virus_scan_status ON uploads
    FOR EACH ROW WHEN (
      OLD.state = 'ready' AND NEW.state = 'ready' AND OLD.virus_scan_status IS DISTINCT FROM NEW.virus_scan_status
    ) EXECUTE FUNCTION tell_upload_judged()`.execute(db);
}

/** Said and not kept: what somebody may hear is to be asked again. */
async function people(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE FUNCTION say_person_changed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      PERFORM pg_notify('ticket_events', json_build_object('kind', 'person_changed', 'user_id', NEW.id)::text);
      RETURN NULL;
    END $$`.execute(db);
  await sql`
    CREATE TRIGGER users_changed AFTER UPDATE OF role, disabled_at ON users
    FOR EACH ROW WHEN ((OLD.role, OLD.disabled_at) IS DISTINCT FROM (NEW.role, NEW.disabled_at))
    EXECUTE FUNCTION say_person_changed()`.execute(db);
}
