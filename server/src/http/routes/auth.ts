import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { App } from '../app.ts';
import { visitorOf } from '../authentication.ts';
import { body, Nothing, Password, problems, text } from '../schemas.ts';
import type { Services } from '../services.ts';
import { MeSchema, meJson } from './me.ts';

const Email = text(1, 320);
const Name = text(1, 200);
const User = Type.Object({ user: MeSchema });
const SignedIn = { ...User, headers: { 'Set-Cookie': Type.String({ description: 'The session.' }) } };
const tags = ['Sign-in'];

/** Signing up, in and out by cookie. What a path here does not name, better-auth does not serve either. */
export async function authRoutes(app: App, { accounts, config }: Services): Promise<void> {
  const visitor = (request: FastifyRequest) => visitorOf(request, config);
  const setCookies = (reply: FastifyReply, cookies: string[]) =>
    reply.header('set-cookie', cookies).header('cache-control', 'no-store');

  app.post(
    '/auth/sign-up/email',
    {
      config: { public: true },
      schema: {
        operationId: 'signUp',
        tags,
        summary: 'Sign up',
        description:
          'Makes a customer of you and signs you in with a cookie, where the operator leaves sign-up open and once the desk has its first account.',
        body: body({ name: Name, email: Email, password: Password }),
        response: { 201: SignedIn, ...problems(400, 403, 409, 429) },
      },
    },
    async (request, reply) => {
      setCookies(reply, await accounts.signUp(visitor(request), request.body));
      const user = meJson(await accounts.people.byEmail(request.body.email));
      return reply.code(201).send({ user });
    },
  );

  app.post(
    '/auth/sign-in/email',
    {
      config: { public: true },
      schema: {
        operationId: 'signIn',
        tags,
        summary: 'Sign in',
        description: 'Opens a session of seven days and sets its cookie.',
        body: body({ email: Email, password: Password }),
        response: { 200: SignedIn, ...problems(400, 401, 403, 429) },
      },
    },
    async (request, reply) => {
      setCookies(reply, await accounts.signIn(visitor(request), request.body));
      return reply.send({ user: meJson(await accounts.people.byEmail(request.body.email)) });
    },
  );

  app.post(
    '/auth/sign-out',
    {
      config: { session: true },
      schema: {
        operationId: 'signOut',
        tags,
        summary: 'Sign out',
        description: 'Ends this session.',
        response: { 204: Nothing, ...problems(401, 403) },
      },
    },
    async (request, reply) => {
      setCookies(reply, await accounts.signOut(visitor(request)));
      return reply.code(204).send(null);
    },
  );

  app.get(
    '/auth/get-session',
    {
      config: { session: true },
      schema: {
        operationId: 'getSession',
        tags,
        summary: 'Keep this session',
        description:
          'Who is signed in. Asked at least once a week, it keeps the session from running out: once a day it is given seven days again.',
        response: { 200: User, ...problems(401, 403) },
      },
    },
    async (request, reply) => {
      setCookies(reply, await accounts.renew(visitor(request)));
      return reply.send({ user: meJson(await accounts.people.byId(request.caller().id)) });
    },
  );

  app.post(
    '/auth/change-password',
    {
      config: { session: true },
      schema: {
        operationId: 'changePassword',
        tags,
        summary: 'Change my password',
        description: 'With `revoke_other_sessions`, every other session of yours ends.',
        body: body({
          current_password: Password,
          new_password: Password,
          revoke_other_sessions: Type.Optional(Type.Boolean({ default: false })),
        }),
        response: { 204: Nothing, ...problems(400, 401, 403, 429) },
      },
    },
    async (request, reply) => {
      const { current_password, new_password, revoke_other_sessions } = request.body;
      const cookies = await accounts.changePassword(visitor(request), request.caller().id, {
        current: current_password,
        next: new_password,
        revokeOthers: revoke_other_sessions ?? false,
      });
      return setCookies(reply, cookies).code(204).send(null);
    },
  );

  app.post(
    '/auth/update-user',
    {
      config: { session: true },
      schema: {
        operationId: 'updateMe',
        tags,
        summary: 'Change my name',
        description: 'The name others see on tickets and replies.',
        body: body({ name: Name }),
        response: { 200: User, ...problems(400, 401, 403) },
      },
    },
    async (request) => ({
      user: meJson(await accounts.people.change(request.caller().id, { name: request.body.name })),
    }),
  );

  app.post(
    '/auth/reset-password',
    {
      config: { public: true },
      schema: {
        operationId: 'resetPassword',
        tags,
        summary: 'Set a password by link',
        description: 'Uses up the token of a reset link; every session of its person ends.',
        body: body({ token: text(1, 200), new_password: Password }),
        response: { 204: Nothing, ...problems(400, 403) },
      },
    },
    async (request, reply) => {
      await accounts.links.resetPassword(request.body.token, request.body.new_password);
      return reply.code(204).send(null);
    },
  );
}
