import { betterAuth } from 'better-auth';
import { v7 } from 'uuid';
import type { Db } from '../../db/open.ts';
import type { Log } from '../../log.ts';
import { PASSWORD_LENGTH } from './passwords.ts';
import { requireEnabled } from './people.ts';
import { SESSION_DAYS } from './sessions.ts';
import type { Visitor } from './visitor.ts';

const ADDRESS_HEADER = 'x-docket-address';

/** The dates of every table of its. */
const dates = { createdAt: 'created_at', updatedAt: 'updated_at' };

/**
 * better-auth on our tables, for passwords, sessions and their cookies. It is called as a library: its own
 * routes, limits and Origin check are not served. It knows neither roles nor disabling, so that no input of
 * its can set them. Its cookies are `docket.session_token`, with `__Secure-` before it when `secure`.
 */
export function createAuth({
  db,
  secret,
  secure,
  log,
}: {
  db: Db;
  secret: string;
  secure: boolean;
  log: Log;
}) {
  return betterAuth({
    ...authOptions(db),
    secret,
    // Whatever proves who somebody is, a disabled person gets no session.
    databaseHooks: { session: { create: { before: ({ userId }) => requireEnabled(db, userId) } } },
    advanced: {
      cookiePrefix: 'docket',
      useSecureCookies: secure,
      database: { generateId: () => v7() },
      ipAddress: { ipAddressHeaders: [ADDRESS_HEADER], ipv6Subnet: 128 },
    },
    logger: {
      level: 'error', // it warns of every wrong password, and sign-in.ts does already
      log: (_, message, ...details) => log.error({ details }, `better-auth: ${message}`),
    },
    telemetry: { enabled: false },
  });
}
export type Auth = ReturnType<typeof createAuth>;

/** What decides its tables. */
export function authOptions(db: Db) {
  return {
    appName: 'Docket',
    baseURL: 'http://docket.invalid', // it makes no addresses for us
    database: { db, type: 'postgres', transaction: true },
    emailAndPassword: {
      enabled: true,
      disableSignUp: true, // people.ts makes accounts
      minPasswordLength: PASSWORD_LENGTH.min,
      maxPasswordLength: PASSWORD_LENGTH.max,
    },
    user: { modelName: 'users', fields: { emailVerified: 'email_verified', ...dates } },
    session: {
      modelName: 'sessions',
      expiresIn: SESSION_DAYS * 86_400,
      fields: {
        userId: 'user_id',
        expiresAt: 'expires_at',
        ipAddress: 'ip_address',
        userAgent: 'user_agent',
        ...dates,
      },
    },
    account: {
      modelName: 'accounts',
      fields: {
        userId: 'user_id',
        accountId: 'account_id',
        providerId: 'provider_id',
        accessToken: 'access_token',
        refreshToken: 'refresh_token',
        idToken: 'id_token',
        accessTokenExpiresAt: 'access_token_expires_at',
        refreshTokenExpiresAt: 'refresh_token_expires_at',
        ...dates,
      },
    },
    verification: { modelName: 'verifications', fields: { expiresAt: 'expires_at', ...dates } },
  } as const;
}

/** The only headers it sees: it never judges a forwarding header by itself. */
export function headersFor({ headers, address }: Visitor): Headers {
  const known = new Headers({ [ADDRESS_HEADER]: address });
  if (headers.cookie) known.set('cookie', headers.cookie);
  if (headers['user-agent']) known.set('user-agent', headers['user-agent']);
  return known;
}
