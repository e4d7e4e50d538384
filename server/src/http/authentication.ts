import type { FastifyRequest } from 'fastify';
import type { Config } from '../config.ts';
import type { Recognised, Visitor } from '../helpdesk/accounts.ts';
import { type Caller, isAdmin, isStaff } from '../helpdesk/caller.ts';
import { Refusal } from '../refusals.ts';
import { isSecure, ownOrigin } from './addresses.ts';
import type { App } from './app.ts';
import type { Services } from './services.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** This route answers people who are not signed in. */
    public?: boolean;
    /** This route takes a session, and no API token. */
    session?: boolean;
    /** This route is for these alone. */
    only?: 'staff' | 'admins';
  }
  interface FastifyRequest {
    recognised: Recognised | null;
    /** Who asks. Throws `not_signed_in` on a public route nobody signed in for. */
    caller(): Caller;
  }
}

/**
 * Every route of `app` needs a signed-in caller, unless its config says `public`. A write that a browser could
 * have been talked into by another site is refused.
 */
export function requireCaller(app: App, { accounts, config }: Services): void {
  app.decorateRequest('recognised', null);
  app.decorateRequest('caller', function caller(this: FastifyRequest) {
    if (!this.recognised) throw new Refusal('not_signed_in');
    return this.recognised.caller;
  });
  app.addHook('onRequest', async (request) => {
    const recognised = (await accounts.callerOf(visitorOf(request, config))) ?? null;
    request.recognised = recognised;
    const route = request.routeOptions.config;
    if (!recognised && !route.public) throw new Refusal('not_signed_in');
    if (isForged(request, config)) throw new Refusal('origin_not_allowed');
    if (route.session && recognised?.via === 'token') throw new Refusal('session_needed');
    if (route.only === 'staff' && !isStaff(request.caller())) throw new Refusal('forbidden');
    if (route.only === 'admins' && !isAdmin(request.caller())) throw new Refusal('forbidden');
  });
}

/** The request as accounts see it. */
export function visitorOf(request: FastifyRequest, config: Config): Visitor {
  return { headers: request.headers, address: request.ip, secure: isSecure(request, config) };
}

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Could another site have made a browser send this write? A token comes with no request by itself. A foreign
 * Origin is refused even where nobody is signed in, since signing somebody in as another is an attack too.
 * A write with the authority of a cookie has to say where it comes from; browsers do.
 */
function isForged(request: FastifyRequest, config: Config): boolean {
  if (SAFE.has(request.method) || request.recognised?.via === 'token') return false;
  const { origin } = request.headers;
  if (origin !== undefined) return origin !== ownOrigin(request, config);
  return request.recognised !== null && request.headers['sec-fetch-site'] !== 'same-origin';
}
