import type { Config } from '../config.ts';
import type { Db } from '../db/open.ts';
import type { Log } from '../log.ts';
import { createAttempts } from './accounts/attempts.ts';
import { createAuth } from './accounts/better-auth.ts';
import { createFirstAdmin } from './accounts/first-admin.ts';
import { createLinks } from './accounts/links.ts';
import { createPeople } from './accounts/people.ts';
import { createRecogniser } from './accounts/recognise.ts';
import { sessionSecret } from './accounts/secrets.ts';
import { createSessions } from './accounts/sessions.ts';
import { createSignIn } from './accounts/sign-in.ts';
import { createTokens } from './accounts/tokens.ts';
import type { Visitor } from './accounts/visitor.ts';

export type { OneTimeLink } from './accounts/links.ts';
export { PASSWORD_LENGTH } from './accounts/passwords.ts';
export type { Person } from './accounts/people.ts';
export type { Recognised } from './accounts/recognise.ts';
export type { Visitor } from './accounts/visitor.ts';

export type Accounts = Awaited<ReturnType<typeof createAccounts>>;

/** People, how they sign in, and who a request comes from. */
export async function createAccounts({
  db,
  config,
  log,
}: {
  db: Db;
  config: Pick<Config, 'signUp' | 'admin'>;
  log: Log;
}) {
  const secret = await sessionSecret(db);
  const plain = createAuth({ db, secret, secure: false, log });
  const secure = createAuth({ db, secret, secure: true, log });
  const authFor = (visitor: Visitor) => (visitor.secure ? secure : plain);
  const people = createPeople(db);
  return {
    callerOf: createRecogniser(db, secret),
    ...createSignIn({ db, people, attempts: createAttempts(db), signUp: config.signUp, log, authFor }),
    people,
    sessions: createSessions(db),
    tokens: createTokens(db),
    links: createLinks(db),
    firstAdmin: createFirstAdmin(db, config),
  };
}
