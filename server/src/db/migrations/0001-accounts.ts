import { type Kysely, sql } from 'kysely';

/** better-auth's tables, frozen here with ids and role of our own, and what it lacks: tokens, one-time links, secrets. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE users (
      id varchar(36) PRIMARY KEY,
      name varchar(200) NOT NULL,
      email varchar(320) NOT NULL UNIQUE,
      email_verified boolean NOT NULL DEFAULT false,
      image text,
      role varchar(16) NOT NULL DEFAULT 'customer' CHECK (role IN ('customer', 'agent', 'admin')),
      disabled_at timestamptz,
      anonymised_at timestamptz,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now()
    )`.execute(db);
  await sql`
    CREATE TABLE sessions (
      id varchar(36) PRIMARY KEY,
      user_id varchar(36) NOT NULL REFERENCES users ON DELETE CASCADE,
      token text NOT NULL UNIQUE,
      expires_at timestamptz NOT NULL,
      ip_address text,
      user_agent text,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now()
    )`.execute(db);
  await sql`CREATE INDEX sessions_user_id ON sessions (user_id)`.execute(db);
  await sql`
    CREATE TABLE accounts (
      id varchar(36) PRIMARY KEY,
      user_id varchar(36) NOT NULL REFERENCES users ON DELETE CASCADE,
      account_id text NOT NULL,
      provider_id text NOT NULL,
      access_token text,
      refresh_token text,
      id_token text,
      access_token_expires_at timestamptz,
      refresh_token_expires_at timestamptz,
      scope text,
      password text,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now()
    )`.execute(db);
  await sql`CREATE INDEX accounts_user_id ON accounts (user_id)`.execute(db);
  await sql`
    CREATE TABLE verifications (
      id varchar(36) PRIMARY KEY,
      identifier text NOT NULL,
      value text NOT NULL,
      expires_at timestamptz NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now()
    )`.execute(db);
  await sql`CREATE INDEX verifications_identifier ON verifications (identifier)`.execute(db);
  await sql`
    CREATE TABLE auth_rate_limits (
      id varchar(36) PRIMARY KEY,
      key text NOT NULL UNIQUE,
      count integer NOT NULL,
      last_request bigint NOT NULL
    )`.execute(db);
  await sql`
    CREATE TABLE api_tokens (
      id varchar(36) PRIMARY KEY,
      user_id varchar(36) NOT NULL REFERENCES users ON DELETE CASCADE,
      name varchar(200) NOT NULL,
      token_hash varchar(64) NOT NULL UNIQUE,
      created_at timestamptz NOT NULL DEFAULT now(),
      last_used_at timestamptz,
      revoked_at timestamptz
    )`.execute(db);
  await sql`CREATE INDEX api_tokens_user_id ON api_tokens (user_id)`.execute(db);
  await sql`
    CREATE TABLE one_time_links (
      token_hash varchar(64) PRIMARY KEY,
      purpose varchar(16) NOT NULL CHECK (purpose IN ('set_up', 'reset_password')),
      user_id varchar(36) REFERENCES users ON DELETE CASCADE,
      created_at timestamptz NOT NULL DEFAULT now(),
      expires_at timestamptz NOT NULL
    )`.execute(db);
  await sql`CREATE INDEX one_time_links_user_id ON one_time_links (user_id)`.execute(db);
  await sql`
    CREATE TABLE secrets (
      name varchar(64) PRIMARY KEY,
      value text NOT NULL
    )`.execute(db);
}
