import { sql } from 'kysely';
import { v7 } from 'uuid';
import type { Db } from '../../db/open.ts';
import { Refusal } from '../../refusals.ts';
import { requireEnabled } from './people.ts';
import { digestOf, randomSecret } from './secrets.ts';

/** Tells a token of ours from other secrets, for people and for scanners of leaked ones. */
export const TOKEN_PREFIX = 'dkt_';

/** What there is to know of a token once it was shown. */
export interface ApiToken {
  id: string;
  name: string;
  created_at: Date;
  /** To the minute. */
  last_used_at: Date | null;
}

const COLUMNS = ['id', 'name', 'created_at', 'last_used_at'] as const;

export type Tokens = ReturnType<typeof createTokens>;

/** API tokens: 256 random bits, kept as their SHA-256, good until revoked or until their owner is disabled. */
export function createTokens(db: Db) {
  /** The token itself is in this answer alone. Throws `user_not_found`, `account_disabled`. */
  async function create(userId: string, name: string): Promise<ApiToken & { token: string }> {
    await requireEnabled(db, userId);
    const token = TOKEN_PREFIX + randomSecret();
    const stored = await db
      .insertInto('api_tokens')
      .values({ id: v7(), user_id: userId, name, token_hash: digestOf(token) })
      .returning(COLUMNS)
      .executeTakeFirstOrThrow();
    return { ...stored, token };
  }

  /** A page of somebody's tokens that work, newest first. */
  async function list(
    userId: string,
    { skip, limit }: { skip: number; limit: number },
  ): Promise<{ data: ApiToken[]; total: number }> {
    const live = db.selectFrom('api_tokens').where('user_id', '=', userId).where('revoked_at', 'is', null);
    const [data, { total }] = await Promise.all([
      live.select(COLUMNS).orderBy('id', 'desc').offset(skip).limit(limit).execute(),
      live.select((row) => row.fn.countAll<number>().as('total')).executeTakeFirstOrThrow(),
    ]);
    return { data, total };
  }

  /** Ends one of somebody's tokens at once. Throws `token_not_found`. */
  async function revoke(userId: string, tokenId: string): Promise<void> {
    const { numUpdatedRows } = await db
      .updateTable('api_tokens')
      .set({ revoked_at: sql<Date>`now()` })
      .where('id', '=', tokenId)
      .where('user_id', '=', userId)
      .where('revoked_at', 'is', null)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) throw new Refusal('token_not_found');
  }

  return { create, list, revoke };
}
