import { Type } from 'typebox';
import { PASSWORD_LENGTH } from '../../helpdesk/accounts.ts';
import { welcome } from '../../helpdesk/welcome.ts';
import type { App } from '../app.ts';
import { body, choice, Nothing, named, problems, RoleSchema, text } from '../schemas.ts';
import type { Services } from '../services.ts';

const WelcomeSchema = named('Welcome', {
  sign_up: choice(['open', 'closed']),
  set_up_needed: Type.Boolean({ description: 'Nobody has an account yet.' }),
  password_length: Type.Object({ min: Type.Integer(), max: Type.Integer() }),
  demo_accounts: Type.Array(Type.Object({ name: Type.String(), email: Type.String(), role: RoleSchema }), {
    description: 'Whom `docket demo` put here.',
  }),
});

const tags = ['Accounts'];

/** What the screens before the sign-in have to know. */
export async function welcomeRoutes(app: App, { db, config, accounts }: Services): Promise<void> {
  app.get(
    '/welcome',
    {
      config: { public: true },
      schema: {
        operationId: 'getWelcome',
        tags,
        summary: 'Read how people get in',
        response: { 200: WelcomeSchema },
      },
    },
    async () => ({ ...(await welcome(db, config)), password_length: PASSWORD_LENGTH }),
  );

  const checks = { set_up: accounts.firstAdmin.check, reset_password: accounts.links.check };
  app.post(
    '/links/check',
    {
      config: { public: true },
      schema: {
        operationId: 'checkLink',
        tags,
        summary: 'Ask whether a link still works',
        description: 'Before a person types anything into the page it leads to. Uses nothing up.',
        body: body({ purpose: choice(['set_up', 'reset_password']), token: text(1, 200) }),
        response: { 204: Nothing, ...problems(400, 403) },
      },
    },
    async (request, reply) => {
      const { purpose, token } = request.body;
      await checks[purpose](token);
      return reply.code(204).send(null);
    },
  );
}
