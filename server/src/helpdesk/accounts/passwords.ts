import { hashPassword } from 'better-auth/crypto';
import type { Transaction } from 'kysely';
import { v7 } from 'uuid';
import type { Schema } from '../../db/schema.ts';
import { Refusal } from '../../refusals.ts';

/** In UTF-16 units, as better-auth counts. Long enough to stand guessing, short enough not to tire the hash. */
export const PASSWORD_LENGTH = { min: 10, max: 128 };

/** Throws `password_weak` unless the password may be used. */
export function requireGoodPassword(password: string): void {
  const { min, max } = PASSWORD_LENGTH;
  if (password.length < min || password.length > max) {
    throw new Refusal('password_weak', { limit: `${min} to ${max}`, actual: password.length });
  }
}

/** The password as it is stored (scrypt). Throws `password_weak`. Slow on purpose: not within a transaction. */
export async function hashGoodPassword(password: string): Promise<string> {
  requireGoodPassword(password);
  return hashPassword(password);
}

/** Gives a person a password, or another one, in the place where better-auth looks for it. */
export async function storePassword(trx: Transaction<Schema>, userId: string, hash: string): Promise<void> {
  const { numUpdatedRows } = await trx
    .updateTable('accounts')
    .set({ password: hash, updated_at: new Date() })
    .where('user_id', '=', userId)
    .where('provider_id', '=', 'credential')
    .executeTakeFirst();
  if (numUpdatedRows > 0n) return;
  await trx
    .insertInto('accounts')
    .values({ id: v7(), user_id: userId, account_id: userId, provider_id: 'credential', password: hash })
    .execute();
}
