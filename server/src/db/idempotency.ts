import { createHash } from 'node:crypto';
import type { Kysely, Transaction } from 'kysely';
import { Refusal } from '../refusals.ts';
import type { Schema } from './schema.ts';

/** What makes two requests the same one: the caller's key, and a digest of all that was asked. */
export interface IdempotencyKey {
  userId: string;
  key: string;
  fingerprint: string;
}

/** The digest of a request: its method, its path, and whatever else decides the answer. */
export function fingerprintOf(...parts: unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

/**
 * Runs `create` once for each key, in the caller's transaction, and gives every repeat the first answer.
 * A repeat that comes while the first still runs waits for it. Throws `idempotency_key_reused` when the key
 * belongs to another request. Without a key it only runs `create`. The answer must survive JSON.
 */
export async function once<Answer>(
  trx: Transaction<Schema>,
  key: IdempotencyKey | undefined,
  create: () => Promise<Answer>,
): Promise<Answer> {
  if (!key) return create();
  const { userId: user_id, fingerprint } = key;
  const claimed = await trx
    .insertInto('idempotency_keys')
    .values({ user_id, key: key.key, fingerprint, response: '' })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  if (claimed.numInsertedOrUpdatedRows === 0n) return repeatOf<Answer>(trx, key);
  const answer = await create();
  await trx
    .updateTable('idempotency_keys')
    .set({ response: JSON.stringify(answer) })
    .where('user_id', '=', user_id)
    .where('key', '=', key.key)
    .execute();
  return answer;
}

/** Whether a request with this key was answered already. A repeat may be on its way all the same: `once` decides. */
export async function isAnswered(db: Kysely<Schema>, { userId, key }: IdempotencyKey): Promise<boolean> {
  const first = await db
    .selectFrom('idempotency_keys')
    .select('key')
    .where('user_id', '=', userId)
    .where('key', '=', key)
    .executeTakeFirst();
  return first !== undefined;
}

async function repeatOf<Answer>(trx: Transaction<Schema>, key: IdempotencyKey): Promise<Answer> {
  const first = await trx
    .selectFrom('idempotency_keys')
    .select(['fingerprint', 'response'])
    .where('user_id', '=', key.userId)
    .where('key', '=', key.key)
    .executeTakeFirstOrThrow();
  if (first.fingerprint !== key.fingerprint) throw new Refusal('idempotency_key_reused');
  // What `once` stored under this fingerprint is an answer of this kind.
  return JSON.parse(first.response) as Answer;
}
