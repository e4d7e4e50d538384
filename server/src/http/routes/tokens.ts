import { Type } from 'typebox';
import type { App } from '../app.ts';
import {
  body,
  Id,
  idOf,
  listOf,
  listQuery,
  Nothing,
  named,
  nullable,
  problems,
  Timestamp,
  text,
} from '../schemas.ts';
import type { Services } from '../services.ts';

const TokenSchema = named('Token', {
  id: Id,
  name: Type.String(),
  created_at: Timestamp,
  last_used_at: nullable(Timestamp),
});
const NewTokenSchema = named('NewToken', {
  ...TokenSchema.properties,
  token: Type.String({ description: 'Shown in this answer and never again.' }),
});
const tags = ['Tokens'];

/** My own API tokens. */
export async function tokenRoutes(app: App, { accounts }: Services): Promise<void> {
  app.get(
    '/tokens',
    {
      schema: {
        operationId: 'listTokens',
        tags,
        summary: 'List my API tokens',
        description: 'Those that work, newest first; the tokens themselves are not kept.',
        querystring: listQuery({}),
        response: { 200: listOf(TokenSchema), ...problems(400, 401) },
      },
    },
    async (request) => {
      const { data, total } = await accounts.tokens.list(request.caller().id, request.query);
      return { data: data.map(tokenJson), total, ...request.query };
    },
  );

  app.post(
    '/tokens',
    {
      config: { session: true },
      schema: {
        operationId: 'createToken',
        tags,
        summary: 'Make an API token',
        description:
          'It may do what you may do, except manage your password, sessions and tokens. Send it as `Authorization: Bearer <token>`.',
        body: body({ name: text(1, 200) }),
        response: { 201: NewTokenSchema, ...problems(400, 401, 403) },
      },
    },
    async (request, reply) => {
      const token = await accounts.tokens.create(request.caller().id, request.body.name);
      return reply
        .code(201)
        .header('cache-control', 'no-store')
        .send({ ...tokenJson(token), token: token.token });
    },
  );

  app.delete(
    '/tokens/:token_id',
    {
      schema: {
        operationId: 'revokeToken',
        tags,
        summary: 'Revoke an API token',
        description: 'It stops working at once.',
        params: Type.Object({ token_id: idOf('one of your API tokens') }),
        response: { 204: Nothing, ...problems(401, 403, 404) },
      },
    },
    async (request, reply) => {
      await accounts.tokens.revoke(request.caller().id, request.params.token_id);
      return reply.code(204).send(null);
    },
  );
}

function tokenJson(token: { id: string; name: string; created_at: Date; last_used_at: Date | null }) {
  const { id, name, created_at, last_used_at } = token;
  return {
    id,
    name,
    created_at: created_at.toISOString(),
    last_used_at: last_used_at?.toISOString() ?? null,
  };
}
