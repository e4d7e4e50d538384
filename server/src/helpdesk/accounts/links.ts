import { sql, type Transaction } from 'kysely';
import type { Db } from '../../db/open.ts';
import type { Schema } from '../../db/schema.ts';
import { Refusal } from '../../refusals.ts';
import { hashGoodPassword, storePassword } from './passwords.ts';
import { requireEnabled } from './people.ts';
import { digestOf, randomSecret } from './secrets.ts';

type Purpose = 'set_up' | 'reset_password';

/** Works once, until then; the token is shown now and never again. */
export interface OneTimeLink {
  /** Under the address where people reach Docket. */
  path: string;
  token: string;
  expires_at: Date;
}

const LINK_HOURS = 24;
const PAGES: Record<Purpose, string> = { set_up: '/setup', reset_password: '/reset-password' };

export type Links = ReturnType<typeof createLinks>;

/** Links for a person to set their password where no mail is sent. */
export function createLinks(db: Db) {
  /** A new link for this person; an older one ends. Throws `user_not_found`, `account_disabled`. */
  async function resetLink(userId: string): Promise<OneTimeLink> {
    await requireEnabled(db, userId);
    return db.transaction().execute(async (trx) => {
      await trx.deleteFrom('one_time_links').where('user_id', '=', userId).execute();
      return makeLink(trx, 'reset_password', userId);
    });
  }

  /** Sets the password of the link's person and ends their sessions. Throws `link_invalid`, `password_weak`. */
  async function resetPassword(token: string, password: string): Promise<void> {
    await requireLink(db, 'reset_password', token);
    const hash = await hashGoodPassword(password);
    await db.transaction().execute(async (trx) => {
      const userId = await useLink(trx, 'reset_password', token);
      if (!userId) throw new Refusal('link_invalid');
      await storePassword(trx, userId, hash);
      await trx.deleteFrom('sessions').where('user_id', '=', userId).execute();
    });
  }

  /** Throws `link_invalid` unless the link would work now. */
  async function check(token: string): Promise<void> {
    await requireLink(db, 'reset_password', token);
  }

  return { resetLink, resetPassword, check };
}

export async function makeLink(
  trx: Transaction<Schema>,
  purpose: Purpose,
  userId: string | null,
): Promise<OneTimeLink> {
  const token = randomSecret();
  const { expires_at } = await trx
    .insertInto('one_time_links')
    .values({
      token_hash: digestOf(token),
      purpose,
      user_id: userId,
      expires_at: sql<Date>`now() + make_interval(hours => ${LINK_HOURS})`,
    })
    .returning('expires_at')
    .executeTakeFirstOrThrow();
  await trx.deleteFrom('one_time_links').where('expires_at', '<', sql<Date>`now()`).execute();
  return { path: `${PAGES[purpose]}?token=${token}`, token, expires_at };
}

/** Asked before the slow work that a stranger should not be able to order. Throws `link_invalid`. */
export async function requireLink(db: Db, purpose: Purpose, token: string): Promise<void> {
  const link = await db
    .selectFrom('one_time_links')
    .select('purpose')
    .where('token_hash', '=', digestOf(token))
    .where('purpose', '=', purpose)
    .where('expires_at', '>', sql<Date>`now()`)
    .executeTakeFirst();
  if (!link) throw new Refusal('link_invalid');
}

/** Uses the link up; one of two at the same time gets it. Returns whom it is for. Throws `link_invalid`. */
export async function useLink(
  trx: Transaction<Schema>,
  purpose: Purpose,
  token: string,
): Promise<string | null> {
  const link = await trx
    .deleteFrom('one_time_links')
    .where('token_hash', '=', digestOf(token))
    .where('purpose', '=', purpose)
    .where('expires_at', '>', sql<Date>`now()`)
    .returning('user_id')
    .executeTakeFirst();
  if (!link) throw new Refusal('link_invalid');
  return link.user_id;
}
