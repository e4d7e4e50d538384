import { isAPIError } from 'better-auth/api';
import type { Db } from '../../db/open.ts';
import type { Log } from '../../log.ts';
import { Refusal, type RefusalCode } from '../../refusals.ts';
import { type Attempts, accountKey, FROM_NETWORK, networkOf, ON_ACCOUNT, SIGN_UPS } from './attempts.ts';
import { type Auth, headersFor } from './better-auth.ts';
import { hasAccounts } from './first-admin.ts';
import { requireGoodPassword } from './passwords.ts';
import type { People } from './people.ts';
import type { Visitor } from './visitor.ts';

/** What the answer has to set in the browser: `Set-Cookie` values. */
export type Cookies = string[];

interface Parts {
  db: Db;
  people: People;
  attempts: Attempts;
  signUp: 'open' | 'closed';
  log: Log;
  /** For plain and for secure cookies. */
  authFor: (visitor: Visitor) => Auth;
}

export type SignIn = ReturnType<typeof createSignIn>;

/** Signing up, in and out, and changing one's password: better-auth behind our limits, with our refusals. */
export function createSignIn({ db, people, attempts, signUp: signUps, log, authFor }: Parts) {
  /**
   * Makes a customer of a visitor and signs them in. An empty desk takes none before its first administrator.
   * Throws `sign_up_closed`, `sign_in_rate_exceeded`, `email_taken`, `password_weak`.
   */
  async function signUp(
    visitor: Visitor,
    { name, email, password }: { name: string; email: string; password: string },
  ): Promise<Cookies> {
    if (signUps === 'closed' || !(await hasAccounts(db))) throw new Refusal('sign_up_closed');
    requireGoodPassword(password);
    await attempts.take(`sign-up:network:${networkOf(visitor.address)}`, SIGN_UPS);
    const person = await people.create({ name, email, password, role: 'customer' });
    return openSession(visitor, { email: person.email, password });
  }

  /**
   * Throws `sign_in_failed` alike for an unknown address and a wrong password, `sign_in_rate_exceeded`, and
   * `account_disabled` to whoever has the right password.
   */
  async function signIn(
    visitor: Visitor,
    credentials: { email: string; password: string },
  ): Promise<Cookies> {
    const network = `sign-in:network:${networkOf(visitor.address)}`;
    const account = `sign-in:account:${accountKey(credentials.email)}`;
    try {
      await attempts.take(network, FROM_NETWORK);
      await attempts.take(account, ON_ACCOUNT);
      const cookies = await openSession(visitor, credentials);
      await attempts.giveBack(network);
      await attempts.forget(account);
      return cookies;
    } catch (error) {
      // Without the e-mail address: people type their password there.
      if (error instanceof Refusal)
        log.warn({ address: visitor.address, code: error.code }, 'a sign-in was refused');
      throw error;
    }
  }

  async function openSession(
    visitor: Visitor,
    { email, password }: { email: string; password: string },
  ): Promise<Cookies> {
    return calling(() =>
      authFor(visitor).api.signInEmail({
        body: { email, password },
        headers: headersFor(visitor),
        returnHeaders: true,
      }),
    );
  }

  /** Ends the visitor's session. */
  async function signOut(visitor: Visitor): Promise<Cookies> {
    return calling(() => authFor(visitor).api.signOut({ headers: headersFor(visitor), returnHeaders: true }));
  }

  /** Keeps a session that is in use from running out: a day after it was last renewed it gets its full time again. */
  async function renew(visitor: Visitor): Promise<Cookies> {
    return calling(() =>
      authFor(visitor).api.getSession({ headers: headersFor(visitor), returnHeaders: true }),
    );
  }

  /**
   * Changes the password of the visitor, who is `userId`. With `revokeOthers` their other sessions end.
   * Throws `sign_in_failed` for a wrong current one, `password_weak`, `sign_in_rate_exceeded`.
   */
  async function changePassword(
    visitor: Visitor,
    userId: string,
    change: { current: string; next: string; revokeOthers: boolean },
  ): Promise<Cookies> {
    requireGoodPassword(change.next);
    const account = `change-password:account:${userId}`;
    await attempts.take(account, ON_ACCOUNT);
    const cookies = await calling(() =>
      authFor(visitor).api.changePassword({
        body: {
          currentPassword: change.current,
          newPassword: change.next,
          revokeOtherSessions: change.revokeOthers,
        },
        headers: headersFor(visitor),
        returnHeaders: true,
      }),
    );
    await attempts.forget(account);
    return cookies;
  }

  return { signUp, signIn, signOut, renew, changePassword };
}

async function calling(endpoint: () => Promise<{ headers: Headers }>): Promise<Cookies> {
  try {
    const { headers } = await endpoint();
    return headers.getSetCookie();
  } catch (error) {
    throw refusalOf(error);
  }
}

const IN_OUR_WORDS: Record<string, RefusalCode> = {
  INVALID_EMAIL_OR_PASSWORD: 'sign_in_failed',
  INVALID_EMAIL: 'sign_in_failed',
  INVALID_PASSWORD: 'sign_in_failed',
  CREDENTIAL_ACCOUNT_NOT_FOUND: 'sign_in_failed',
  PASSWORD_TOO_LONG: 'sign_in_failed', // new passwords were judged before
  UNAUTHORIZED: 'not_signed_in',
};

function refusalOf(error: unknown): unknown {
  if (!isAPIError(error)) return error;
  const code = IN_OUR_WORDS[String(error.body?.code)];
  if (code) return new Refusal(code, {}, { cause: error });
  return new Error(`better-auth refused: ${error.message}`, { cause: error });
}
