import { Type } from 'typebox';
import type { App } from '../app.ts';
import { body, Id, idOf, Nothing, named, nullable, problems, Timestamp } from '../schemas.ts';
import type { Services } from '../services.ts';

const SessionSchema = named('Session', {
  id: Id,
  created_at: Timestamp,
  expires_at: Timestamp,
  ip_address: nullable(Type.String()),
  user_agent: nullable(Type.String()),
  current: Type.Boolean({ description: 'Is it the session of this request?' }),
});
const tags = ['Sign-in'];

/** Where I am signed in. */
export async function sessionRoutes(app: App, { accounts }: Services): Promise<void> {
  app.get(
    '/auth/list-sessions',
    {
      config: { session: true },
      schema: {
        operationId: 'listSessions',
        tags,
        summary: 'List my sessions',
        description: 'Newest first.',
        response: {
          200: Type.Object({ data: Type.Array(SessionSchema), total: Type.Integer() }),
          ...problems(401, 403),
        },
      },
    },
    async (request) => {
      const sessions = await accounts.sessions.list(request.caller().id);
      const data = sessions.map(({ created_at, expires_at, ...session }) => ({
        ...session,
        created_at: created_at.toISOString(),
        expires_at: expires_at.toISOString(),
        current: session.id === request.recognised?.credentialId,
      }));
      return { data, total: data.length };
    },
  );

  app.post(
    '/auth/revoke-session',
    {
      config: { session: true },
      schema: {
        operationId: 'revokeSession',
        tags,
        summary: 'End one of my sessions',
        description: 'Whoever holds its cookie is signed out at once.',
        body: body({ session_id: idOf('the session') }),
        response: { 204: Nothing, ...problems(400, 401, 403, 404) },
      },
    },
    async (request, reply) => {
      await accounts.sessions.end(request.caller().id, request.body.session_id);
      return reply.code(204).send(null);
    },
  );

  app.post(
    '/auth/revoke-other-sessions',
    {
      config: { session: true },
      schema: {
        operationId: 'revokeOtherSessions',
        tags,
        summary: 'End my other sessions',
        description: 'Only the session of this request stays.',
        response: { 204: Nothing, ...problems(401, 403) },
      },
    },
    async (request, reply) => {
      await accounts.sessions.endOthers(request.caller().id, request.recognised?.credentialId ?? '');
      return reply.code(204).send(null);
    },
  );
}
