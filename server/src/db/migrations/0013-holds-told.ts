import { type Kysely, sql } from 'kysely';

/** Legal holds are heard of as other changes are, by the desk alone. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const [table, columns, row] of [
    ['tickets', sql`kind, ticket_id`, sql`'ticket_changed', NEW.id`],
    [
      'ticket_attachments',
      sql`kind, ticket_id, reply_id, attachment_id`,
      sql`'attachment_changed', NEW.ticket_id, NEW.reply_id, NEW.id`,
    ],
  ] as const) {
    const tell = sql.id(`tell_${table}_held`);
    await sql`
      CREATE FUNCTION ${tell}() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        INSERT INTO ticket_events (${columns}, internal) VALUES (${row}, true);
        RETURN NULL;
      END $$`.execute(db);
    await sql`
      CREATE TRIGGER ${sql.id(`${table}_held`)} AFTER UPDATE OF held_at, hold_reason ON ${sql.table(table)}
      FOR EACH ROW WHEN (
        (OLD.held_at, OLD.hold_reason) IS DISTINCT FROM (NEW.held_at, NEW.hold_reason)
      ) EXECUTE FUNCTION ${tell}()`.execute(db);
  }
}
