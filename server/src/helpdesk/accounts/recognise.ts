import { createHmac, timingSafeEqual } from 'node:crypto';
import { parseCookies } from 'better-auth/cookies';
import { sql } from 'kysely';
import type { Db } from '../../db/open.ts';
import type { Role } from '../../db/schema.ts';
import { statement } from '../../db/statement.ts';
import type { Caller } from '../caller.ts';
import { digestOf } from './secrets.ts';
import { TOKEN_PREFIX } from './tokens.ts';
import type { Visitor } from './visitor.ts';

/** Who asks, and how we know. */
export interface Recognised {
  caller: Caller;
  via: 'session' | 'token';
  /** The id of that session or token. */
  credentialId: string;
}

/** A token's use is written down at most once a minute. */
const UNMARKED = sql<boolean>`coalesce(last_used_at < now() - interval '1 minute', true)`;

interface Owner {
  id: string;
  name: string;
  role: Role;
  credentialId: string;
}

const ownerOfSession = statement<{ token: string }, Owner>((db, its) =>
  db
    .selectFrom('sessions')
    .innerJoin('users', 'users.id', 'sessions.user_id')
    .select(['users.id', 'users.name', 'users.role', 'sessions.id as credentialId'])
    .where('sessions.token', '=', its('token'))
    .where('sessions.expires_at', '>', sql<Date>`now()`)
    .where('users.disabled_at', 'is', null)
    .compile(),
);

const ownerOfToken = statement<{ digest: string }, Owner & { unmarked: boolean }>((db, its) =>
  db
    .selectFrom('api_tokens')
    .innerJoin('users', 'users.id', 'api_tokens.user_id')
    .select(['users.id', 'users.name', 'users.role', 'api_tokens.id as credentialId'])
    .select(UNMARKED.as('unmarked'))
    .where('api_tokens.token_hash', '=', its('digest'))
    .where('api_tokens.revoked_at', 'is', null)
    .where('users.disabled_at', 'is', null)
    .compile(),
);

/**
 * Tells who a request comes from, by one query: a token or session that was ended, or whose owner was
 * disabled, is nobody's at once. A bearer token goes before a cookie, and a wrong one is not made up for by it.
 */
export function createRecogniser(db: Db, secret: string) {
  async function callerOf(visitor: Visitor): Promise<Recognised | undefined> {
    const bearer = /^bearer +(\S+)$/i.exec(visitor.headers.authorization ?? '')?.[1];
    if (bearer !== undefined) return byToken(bearer, visitor.address);
    const session = sessionTokenOf(visitor, secret);
    return session === undefined ? undefined : bySession(session, visitor.address);
  }

  async function bySession(token: string, address: string): Promise<Recognised | undefined> {
    const [row] = (await db.executeQuery(ownerOfSession({ token }))).rows;
    if (!row) return undefined;
    const { credentialId, ...person } = row;
    return { caller: { ...person, address }, via: 'session', credentialId };
  }

  async function byToken(token: string, address: string): Promise<Recognised | undefined> {
    if (!token.startsWith(TOKEN_PREFIX)) return undefined;
    const [row] = (await db.executeQuery(ownerOfToken({ digest: digestOf(token) }))).rows;
    if (!row) return undefined;
    const { credentialId, unmarked, ...person } = row;
    if (unmarked) await markUsed(credentialId);
    return { caller: { ...person, address }, via: 'token', credentialId };
  }

  async function markUsed(tokenId: string): Promise<void> {
    await db
      .updateTable('api_tokens')
      .set({ last_used_at: sql<Date>`now()` })
      .where('id', '=', tokenId)
      .where(UNMARKED)
      .execute();
  }

  return callerOf;
}

/** The session token of a cookie whose signature is ours: `<token>.<HMAC-SHA-256, base64>`, as better-auth sets it. */
function sessionTokenOf({ headers, secure }: Visitor, secret: string): string | undefined {
  const name = `${secure ? '__Secure-' : ''}docket.session_token`;
  const value = headers.cookie && parseCookies(headers.cookie).get(name);
  if (!value) return undefined;
  const dot = value.lastIndexOf('.');
  const token = value.slice(0, dot);
  const signature = Buffer.from(value.slice(dot + 1), 'base64');
  const expected = createHmac('sha256', secret).update(token).digest();
  return signature.length === expected.length && timingSafeEqual(signature, expected) ? token : undefined;
}
