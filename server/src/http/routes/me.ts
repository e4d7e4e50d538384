import { Type } from 'typebox';
import type { Person } from '../../helpdesk/accounts.ts';
import type { App } from '../app.ts';
import { Id, named, problems, RoleSchema, Timestamp } from '../schemas.ts';
import type { Services } from '../services.ts';

export const MeSchema = named('Me', {
  id: Id,
  name: Type.String(),
  email: Type.String(),
  role: RoleSchema,
  created_at: Timestamp,
});

export function meJson({ id, name, email, role, created_at }: Person) {
  return { id, name, email, role, created_at: created_at.toISOString() };
}

export async function meRoutes(app: App, { accounts }: Services): Promise<void> {
  app.get(
    '/me',
    {
      schema: {
        operationId: 'getMe',
        tags: ['Accounts'],
        summary: 'Who am I',
        description: 'The person whose session or API token this is.',
        response: { 200: MeSchema, ...problems(401) },
      },
    },
    async (request) => meJson(await accounts.people.byId(request.caller().id)),
  );
}
