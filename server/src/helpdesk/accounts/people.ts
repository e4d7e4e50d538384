import type { Transaction } from 'kysely';
import { v7 } from 'uuid';
import type { Db } from '../../db/open.ts';
import type { Role, Schema } from '../../db/schema.ts';
import { Refusal } from '../../refusals.ts';
import { hashGoodPassword, storePassword } from './passwords.ts';

type Trx = Transaction<Schema>;

/** Somebody with an account, as staff and they themselves see it. */
export interface Person {
  id: string;
  name: string;
  email: string;
  role: Role;
  disabled_at: Date | null;
  anonymised_at: Date | null;
  created_at: Date;
}

export interface NewPerson {
  name: string;
  email: string;
  role: Role;
  /** Without one the person sets it through a link. */
  password?: string | undefined;
}

export interface PersonChanges {
  name?: string | undefined;
  role?: Role | undefined;
  disabled?: boolean | undefined;
}

export interface PersonFilter {
  /** Part of a name or an e-mail address, in any case. */
  q?: string | undefined;
  /** `staff`: agents and administrators. */
  role?: Role | 'staff' | undefined;
  /** Only those whose account is enabled, or only the others. */
  enabled?: boolean | undefined;
  skip: number;
  limit: number;
}

const COLUMNS = ['id', 'name', 'email', 'role', 'disabled_at', 'anonymised_at', 'created_at'] as const;

export type People = ReturnType<typeof createPeople>;

/** People are made, changed, disabled and anonymised, never deleted: what they wrote stays somebody's. */
export function createPeople(db: Db) {
  /** Throws `email_taken`, `password_weak`. */
  async function create(person: NewPerson): Promise<Person> {
    const hash = person.password === undefined ? undefined : await hashGoodPassword(person.password);
    return db.transaction().execute((trx) => insertPerson(trx, person, hash));
  }

  /** Throws `user_not_found`. */
  async function byId(id: string): Promise<Person> {
    const person = await db.selectFrom('users').select(COLUMNS).where('id', '=', id).executeTakeFirst();
    if (!person) throw new Refusal('user_not_found');
    return person;
  }

  /** Throws `user_not_found`. */
  async function byEmail(email: string): Promise<Person> {
    const person = await db
      .selectFrom('users')
      .select(COLUMNS)
      .where('email', '=', emailOf(email))
      .executeTakeFirst();
    if (!person) throw new Refusal('user_not_found');
    return person;
  }

  /** A page of people in the order of their names, and how many there are in all. */
  async function list({
    q,
    role,
    enabled,
    skip,
    limit,
  }: PersonFilter): Promise<{ data: Person[]; total: number }> {
    let matching = db.selectFrom('users');
    if (role === 'staff') matching = matching.where('role', 'in', ['agent', 'admin']);
    else if (role) matching = matching.where('role', '=', role);
    if (enabled !== undefined) matching = matching.where('disabled_at', enabled ? 'is' : 'is not', null);
    if (q) {
      const pattern = `%${q.replace(/[\\%_]/g, '\\$&')}%`;
      matching = matching.where((row) =>
        row.or([row('name', 'ilike', pattern), row('email', 'ilike', pattern)]),
      );
    }
    const [data, { total }] = await Promise.all([
      matching.select(COLUMNS).orderBy('name').orderBy('id').offset(skip).limit(limit).execute(),
      matching.select((row) => row.fn.countAll<number>().as('total')).executeTakeFirstOrThrow(),
    ]);
    return { data, total };
  }

  /**
   * Changes all that is given or nothing. Disabling ends sessions, tokens and links at once; they stay ended
   * when the person is enabled again. Throws `user_not_found`, `user_anonymised`, `last_admin`.
   */
  async function change(id: string, { name, role, disabled }: PersonChanges): Promise<Person> {
    return db.transaction().execute(async (trx) => {
      if (disabled || (role && role !== 'admin')) await requireAnotherAdmin(trx, id);
      const before = await lockPerson(trx, id);
      if (before.anonymised_at) throw new Refusal('user_anonymised');
      const turned = disabled !== undefined && disabled !== (before.disabled_at !== null);
      const after = await trx
        .updateTable('users')
        .set({
          ...(name !== undefined && { name: nameOf(name) }),
          ...(role !== undefined && { role }),
          ...(turned && { disabled_at: disabled ? new Date() : null }),
          updated_at: new Date(),
        })
        .where('id', '=', id)
        .returning(COLUMNS)
        .executeTakeFirstOrThrow();
      if (turned) await endAccess(trx, id); // enabling too: what was made while they were being disabled
      return after;
    });
  }

  /**
   * Takes from a disabled person whatever says who they are. It cannot be undone.
   * Throws `user_not_found`, `user_enabled`.
   */
  async function anonymise(id: string): Promise<Person> {
    return db.transaction().execute(async (trx) => {
      const before = await lockPerson(trx, id);
      if (!before.disabled_at) throw new Refusal('user_enabled');
      if (before.anonymised_at) return before;
      await endAccess(trx, id);
      await trx.deleteFrom('accounts').where('user_id', '=', id).execute();
      await trx.deleteFrom('api_tokens').where('user_id', '=', id).execute();
      return trx
        .updateTable('users')
        .set({
          name: 'Anonymised person',
          email: `${id}@anonymised.invalid`,
          image: null,
          email_verified: false,
          anonymised_at: new Date(),
          updated_at: new Date(),
        })
        .where('id', '=', id)
        .returning(COLUMNS)
        .executeTakeFirstOrThrow();
    });
  }

  return { create, byId, byEmail, list, change, anonymise };
}

/** Throws `email_taken`. */
export async function insertPerson(
  trx: Trx,
  { name, email, role }: NewPerson,
  passwordHash: string | undefined,
): Promise<Person> {
  const person = await trx
    .insertInto('users')
    .values({ id: v7(), name: nameOf(name), email: emailOf(email), role })
    .onConflict((conflict) => conflict.column('email').doNothing())
    .returning(COLUMNS)
    .executeTakeFirst();
  if (!person) throw new Refusal('email_taken');
  if (passwordHash !== undefined) await storePassword(trx, person.id, passwordHash);
  return person;
}

/**
 * Throws `user_not_found`, `account_disabled`. Holds nobody: what is made for somebody who is disabled in this
 * moment does not work, and enabling them ends it.
 */
export async function requireEnabled(db: Db, id: string): Promise<void> {
  const user = await db.selectFrom('users').select('disabled_at').where('id', '=', id).executeTakeFirst();
  if (!user) throw new Refusal('user_not_found');
  if (user.disabled_at) throw new Refusal('account_disabled');
}

/** Holds the person as they are until the transaction ends. Throws `user_not_found`. */
async function lockPerson(trx: Trx, id: string): Promise<Person> {
  const person = await trx
    .selectFrom('users')
    .select(COLUMNS)
    .where('id', '=', id)
    .forNoKeyUpdate()
    .executeTakeFirst();
  if (!person) throw new Refusal('user_not_found');
  return person;
}

/**
 * Holds every enabled administrator until the transaction ends, so that two cannot go as each other's last.
 * Taken before the lock of one person, or two such transactions could wait for each other.
 */
async function requireAnotherAdmin(trx: Trx, id: string): Promise<void> {
  const admins = await trx
    .selectFrom('users')
    .select('id')
    .where('role', '=', 'admin')
    .where('disabled_at', 'is', null)
    .orderBy('id')
    .forNoKeyUpdate()
    .execute();
  if (admins.length === 1 && admins[0]?.id === id) throw new Refusal('last_admin');
}

async function endAccess(trx: Trx, userId: string): Promise<void> {
  await trx.deleteFrom('sessions').where('user_id', '=', userId).execute();
  await trx.deleteFrom('one_time_links').where('user_id', '=', userId).execute();
  await trx
    .updateTable('api_tokens')
    .set({ revoked_at: new Date() })
    .where('user_id', '=', userId)
    .where('revoked_at', 'is', null)
    .execute();
}

/** What better-auth takes for an e-mail address too: somebody with another kind could not sign in. */
const EMAIL = /^(?!\.)(?!.*\.\.)[A-Za-z0-9_'+\-.]*[A-Za-z0-9_+-]@([A-Za-z0-9][A-Za-z0-9-]*\.)+[A-Za-z]{2,}$/;
const LONGEST_EMAIL = 320;

/** An e-mail address as it is kept and compared: in lower case. Throws `request_invalid`. */
function emailOf(text: string): string {
  const email = text.trim().toLowerCase();
  if (email.length > LONGEST_EMAIL || !EMAIL.test(email)) {
    throw new Refusal('request_invalid', { actual: 'the e-mail address has no form that is known' });
  }
  return email;
}

const LONGEST_NAME = 200;

/** A name on one line. Throws `request_invalid` when nothing is left of it. */
function nameOf(text: string): string {
  const name = text.replace(/[\s\p{Cc}]+/gu, ' ').trim();
  if (name.length === 0 || name.length > LONGEST_NAME) {
    throw new Refusal('request_invalid', { actual: `a name has 1 to ${LONGEST_NAME} characters` });
  }
  return name;
}
