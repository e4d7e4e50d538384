import type { App } from '../app.ts';
import { body, Password, problems, text } from '../schemas.ts';
import type { Services } from '../services.ts';
import { MeSchema, meJson } from './me.ts';

/** The first administrator, by the link that the server printed. */
export async function setUpRoutes(app: App, { accounts }: Services): Promise<void> {
  app.post(
    '/setup',
    {
      config: { public: true },
      schema: {
        operationId: 'createFirstAdmin',
        tags: ['Accounts'],
        summary: 'Make the first administrator',
        description: 'By the token of the set-up link, while there is no account. Sign in afterwards.',
        body: body({
          token: text(1, 200),
          name: text(1, 200),
          email: text(1, 320),
          password: Password,
        }),
        response: { 201: MeSchema, ...problems(400, 403) },
      },
    },
    async (request, reply) => {
      const { token, ...person } = request.body;
      return reply.code(201).send(meJson(await accounts.firstAdmin.setUp(token, person)));
    },
  );
}
