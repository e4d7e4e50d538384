import { Type } from 'typebox';
import { ROLES } from '../../db/schema.ts';
import type { OneTimeLink, Person } from '../../helpdesk/accounts.ts';
import { baseUrl, locationOf } from '../addresses.ts';
import type { App } from '../app.ts';
import {
  body,
  choice,
  created,
  Id,
  idOf,
  listOf,
  listQuery,
  named,
  nullable,
  Password,
  problems,
  RoleSchema,
  Timestamp,
  text,
} from '../schemas.ts';
import type { Services } from '../services.ts';

const UserSchema = named('User', {
  id: Id,
  name: Type.String(),
  email: Type.String(),
  role: RoleSchema,
  disabled_at: nullable(Timestamp),
  anonymised_at: nullable(Timestamp),
  created_at: Timestamp,
});
const ResetLinkSchema = named('ResetLink', {
  url: Type.String({ description: 'Works once; shown in this answer and never again.' }),
  expires_at: Timestamp,
});
const NewUserSchema = named('NewUser', { ...UserSchema.properties, reset_link: nullable(ResetLinkSchema) });
const OneUser = Type.Object({ user_id: idOf('a person') });
const tags = ['Users'];

/** Everybody with an account: staff look them up, administrators look after them. */
export async function userRoutes(app: App, { accounts, config }: Services): Promise<void> {
  app.get(
    '/users',
    {
      config: { only: 'staff' },
      schema: {
        operationId: 'listUsers',
        tags,
        summary: 'List and search people',
        description: 'For agents and administrators. In the order of names.',
        querystring: listQuery({
          q: Type.Optional({ ...text(1, 200), description: 'Part of the name or e-mail address.' }),
          role: Type.Optional({
            ...choice([...ROLES, 'staff']),
            description: 'Only people of this role; `staff`: agents and administrators.',
          }),
          enabled: Type.Optional(
            Type.Boolean({ description: 'Only people whose account is enabled, or only the others.' }),
          ),
        }),
        response: { 200: listOf(UserSchema), ...problems(400, 401, 403) },
      },
    },
    async (request) => {
      const { data, total } = await accounts.people.list(request.query);
      const { skip, limit } = request.query;
      return { data: data.map(userJson), total, skip, limit };
    },
  );

  app.post(
    '/users',
    {
      config: { only: 'admins' },
      schema: {
        operationId: 'createUser',
        tags,
        summary: 'Make an account',
        description:
          'For administrators. Without a password the answer holds a link by which the person sets one.',
        body: body({
          name: text(1, 200),
          email: text(1, 320),
          role: RoleSchema,
          password: Type.Optional(Password),
        }),
        response: { 201: created(NewUserSchema), ...problems(400, 401, 403, 409) },
      },
    },
    async (request, reply) => {
      const person = await accounts.people.create(request.body);
      const link =
        request.body.password === undefined ? await accounts.links.resetLink(person.id) : undefined;
      const reset_link = link ? linkJson(link, baseUrl(request, config)) : null;
      return reply
        .code(201)
        .header('location', locationOf(request, config, `/users/${person.id}`))
        .header('cache-control', 'no-store')
        .send({ ...userJson(person), reset_link });
    },
  );

  app.get(
    '/users/:user_id',
    {
      config: { only: 'staff' },
      schema: {
        operationId: 'getUser',
        tags,
        summary: 'Look up a person',
        description: 'For agents and administrators.',
        params: OneUser,
        response: { 200: UserSchema, ...problems(401, 403, 404) },
      },
    },
    async (request) => userJson(await accounts.people.byId(request.params.user_id)),
  );

  app.patch(
    '/users/:user_id',
    {
      config: { only: 'admins' },
      schema: {
        operationId: 'updateUser',
        tags,
        summary: 'Change a person',
        description:
          'For administrators. Disabling ends their sessions, API tokens and links at once. The last administrator stays.',
        params: OneUser,
        body: {
          ...body({
            name: Type.Optional(text(1, 200)),
            role: Type.Optional(RoleSchema),
            disabled: Type.Optional(Type.Boolean()),
          }),
          minProperties: 1,
        },
        response: { 200: UserSchema, ...problems(400, 401, 403, 404, 409) },
      },
    },
    async (request) => userJson(await accounts.people.change(request.params.user_id, request.body)),
  );

  app.post(
    '/users/:user_id/anonymise',
    {
      config: { only: 'admins' },
      schema: {
        operationId: 'anonymiseUser',
        tags,
        summary: 'Anonymise a person',
        description:
          'For administrators, and only for a disabled person: takes away name, e-mail address and every way to sign in, for good. What they wrote stays.',
        params: OneUser,
        response: { 200: UserSchema, ...problems(401, 403, 404, 409) },
      },
    },
    async (request) => userJson(await accounts.people.anonymise(request.params.user_id)),
  );

  app.post(
    '/users/:user_id/reset-link',
    {
      config: { only: 'admins' },
      schema: {
        operationId: 'createResetLink',
        tags,
        summary: 'Make a link to set a password',
        description: 'For administrators. It works once, for 24 hours; an older one of this person ends.',
        params: OneUser,
        response: { 201: ResetLinkSchema, ...problems(401, 403, 404) },
      },
    },
    async (request, reply) => {
      const link = await accounts.links.resetLink(request.params.user_id);
      return reply
        .code(201)
        .header('cache-control', 'no-store')
        .send(linkJson(link, baseUrl(request, config)));
    },
  );
}

function userJson({ created_at, disabled_at, anonymised_at, ...person }: Person) {
  return {
    ...person,
    disabled_at: disabled_at?.toISOString() ?? null,
    anonymised_at: anonymised_at?.toISOString() ?? null,
    created_at: created_at.toISOString(),
  };
}

function linkJson({ path, expires_at }: OneTimeLink, base: string) {
  return { url: base + path, expires_at: expires_at.toISOString() };
}
