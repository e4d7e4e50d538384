import type { Config } from '../config.ts';
import type { Db } from '../db/open.ts';
import type { Role } from '../db/schema.ts';
import { hasAccounts } from './accounts/first-admin.ts';
import { CAST } from './demo/script.ts';

/** What whoever is not signed in may know of the desk. */
export interface Welcome {
  sign_up: 'open' | 'closed';
  /** Nobody has an account yet; sign-up begins when the first administrator is there. */
  set_up_needed: boolean;
  /** Whom the demo put here, while all of them are; else nobody. */
  demo_accounts: { name: string; email: string; role: Role }[];
}

export async function welcome(db: Db, { signUp }: Pick<Config, 'signUp'>): Promise<Welcome> {
  const [occupied, demo_accounts] = await Promise.all([hasAccounts(db), demoAccounts(db)]);
  return { sign_up: signUp, set_up_needed: !occupied, demo_accounts };
}

/** Nobody real has an address at example.com (RFC 2606). */
async function demoAccounts(db: Db): Promise<Welcome['demo_accounts']> {
  const cast = Object.values(CAST);
  const there = await db
    .selectFrom('users')
    .select(['name', 'email', 'role'])
    .where(
      'email',
      'in',
      cast.map(({ email }) => email),
    )
    .where('disabled_at', 'is', null)
    .orderBy('role')
    .orderBy('name')
    .execute();
  return there.length === cast.length ? there : [];
}
