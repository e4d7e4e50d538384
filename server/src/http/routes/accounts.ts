import type { App } from '../app.ts';
import type { Services } from '../services.ts';
import { authRoutes } from './auth.ts';
import { meRoutes } from './me.ts';
import { sessionRoutes } from './sessions.ts';
import { setUpRoutes } from './set-up.ts';
import { tokenRoutes } from './tokens.ts';
import { userRoutes } from './users.ts';
import { welcomeRoutes } from './welcome.ts';

/** Everything about people and how they sign in. */
export async function accountRoutes(app: App, services: Services): Promise<void> {
  const parts = [authRoutes, sessionRoutes, meRoutes, tokenRoutes, userRoutes, setUpRoutes, welcomeRoutes];
  for (const routes of parts) await routes(app, services);
}
