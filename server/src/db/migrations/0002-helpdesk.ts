import { type Kysely, sql } from 'kysely';

/** Tickets, people in copy, and replies. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE tickets (
      id varchar(36) PRIMARY KEY,
      number integer GENERATED ALWAYS AS IDENTITY UNIQUE,
      subject varchar(255) NOT NULL,
      description text NOT NULL,
      status varchar(16) NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'pending', 'solved', 'closed')),
      priority varchar(16) NOT NULL DEFAULT 'normal' CHECK (priority IN ('low', 'normal', 'high', 'urgent')),
      requester_id varchar(36) NOT NULL REFERENCES users,
      assignee_id varchar(36) REFERENCES users,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now()
    )`.execute(db);
  await sql`CREATE INDEX tickets_newest ON tickets (created_at DESC, id DESC)`.execute(db);
  await sql`CREATE INDEX tickets_requester ON tickets (requester_id, created_at DESC, id DESC)`.execute(db);
  await sql`CREATE INDEX tickets_assignee ON tickets (assignee_id, created_at DESC, id DESC)`.execute(db);
  await sql`CREATE INDEX tickets_status ON tickets (status, created_at DESC, id DESC)`.execute(db);
  await sql`
    CREATE TABLE ticket_participants (
      ticket_id varchar(36) NOT NULL REFERENCES tickets ON DELETE CASCADE,
      user_id varchar(36) NOT NULL REFERENCES users ON DELETE CASCADE,
      added_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (ticket_id, user_id)
    )`.execute(db);
  await sql`CREATE INDEX ticket_participants_user ON ticket_participants (user_id)`.execute(db);
  await sql`
    CREATE TABLE ticket_replies (
      id varchar(36) PRIMARY KEY,
      ticket_id varchar(36) NOT NULL REFERENCES tickets ON DELETE CASCADE,
      author_id varchar(36) NOT NULL REFERENCES users,
      body text NOT NULL,
      internal boolean NOT NULL DEFAULT false,
      created_at timestamptz NOT NULL DEFAULT now()
    )`.execute(db);
  await sql`CREATE INDEX ticket_replies_in_order ON ticket_replies (ticket_id, created_at, id)`.execute(db);
}
