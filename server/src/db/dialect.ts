import { type DatabaseConnection, PostgresDialect, PostgresDriver, type TransactionSettings } from 'kysely';
import type pg from 'pg';

/** Kysely's PostgreSQL, but a transaction's BEGIN travels together with its first statements instead of before them. */
export class EagerDialect extends PostgresDialect {
  readonly #pool: pg.Pool;

  constructor(pool: pg.Pool) {
    super({ pool });
    this.#pool = pool;
  }

  override createDriver(): PostgresDriver {
    return new EagerDriver({ pool: this.#pool });
  }
}

class EagerDriver extends PostgresDriver {
  override async beginTransaction(
    connection: DatabaseConnection,
    settings: TransactionSettings,
  ): Promise<void> {
    // A connection that cannot begin is broken: the statement behind it fails and tells of it.
    super.beginTransaction(connection, settings).catch(() => undefined);
  }
}
