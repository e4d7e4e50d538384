import { createHash, randomBytes } from 'node:crypto';
import type { Db } from '../../db/open.ts';

/** 256 random bits, fit for an address or a header. */
export function randomSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** How a secret of 256 bits is stored: its SHA-256, in hex. There is nothing to guess, so no salt and no delay. */
export function digestOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** The key that signs session cookies: made once, the same for every instance on this database. */
export async function sessionSecret(db: Db): Promise<string> {
  await db
    .insertInto('secrets')
    .values({ name: 'session', value: randomSecret() })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const { value } = await db
    .selectFrom('secrets')
    .select('value')
    .where('name', '=', 'session')
    .executeTakeFirstOrThrow();
  return value;
}
