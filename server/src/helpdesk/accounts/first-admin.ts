import { sql, type Transaction } from 'kysely';
import type { Config } from '../../config.ts';
import type { Db } from '../../db/open.ts';
import type { Schema } from '../../db/schema.ts';
import { Refusal } from '../../refusals.ts';
import { makeLink, type OneTimeLink, requireLink, useLink } from './links.ts';
import { hashGoodPassword } from './passwords.ts';
import { insertPerson, type NewPerson, type Person } from './people.ts';

/** One number for everybody who may make the first account of this database. */
const FIRST_ACCOUNT_LOCK = 7_305_822;

export type FirstAdmin = ReturnType<typeof createFirstAdmin>;

/** How a desk without any account gets its first: an administrator, exactly once. */
export function createFirstAdmin(db: Db, config: Pick<Config, 'admin'>) {
  /**
   * For the start: while there is no account, makes the administrator of the configuration, or else a set-up
   * link to print. Resolves to that link. Throws `password_weak`, `request_invalid` for what is configured.
   */
  async function prepare(): Promise<OneTimeLink | undefined> {
    if (await hasAccounts(db)) return undefined;
    const { admin } = config;
    if (!admin) return db.transaction().execute((trx) => makeLink(trx, 'set_up', null));
    const hash = await hashGoodPassword(admin.password);
    await db.transaction().execute(async (trx) => {
      await holdFirstAccount(trx);
      if (await hasAccounts(trx)) return;
      await insertPerson(trx, { name: 'Administrator', email: admin.email, role: 'admin' }, hash);
    });
    return undefined;
  }

  /** Makes the first administrator by a set-up link. Throws `link_invalid`, also once there is any account. */
  async function setUp(
    token: string,
    { password, ...person }: Omit<NewPerson, 'role'> & { password: string },
  ): Promise<Person> {
    await check(token);
    const hash = await hashGoodPassword(password);
    return db.transaction().execute(async (trx) => {
      await holdFirstAccount(trx);
      await useLink(trx, 'set_up', token);
      if (await hasAccounts(trx)) throw new Refusal('link_invalid');
      await trx.deleteFrom('one_time_links').where('purpose', '=', 'set_up').execute();
      return insertPerson(trx, { ...person, role: 'admin' }, hash);
    });
  }

  /** Throws `link_invalid` unless the set-up link would work now. */
  async function check(token: string): Promise<void> {
    await requireLink(db, 'set_up', token);
    if (await hasAccounts(db)) throw new Refusal('link_invalid');
  }

  return { prepare, setUp, check };
}

export async function hasAccounts(db: Db): Promise<boolean> {
  return (await db.selectFrom('users').select('id').limit(1).executeTakeFirst()) !== undefined;
}

async function holdFirstAccount(trx: Transaction<Schema>): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock(${FIRST_ACCOUNT_LOCK})`.execute(trx);
}
