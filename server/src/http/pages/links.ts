import type { FastifyReply } from 'fastify';
import { Type } from 'typebox';
import { PASSWORD_LENGTH } from '../../helpdesk/accounts.ts';
import { Refusal } from '../../refusals.ts';
import type { App } from '../app.ts';
import { STATUS } from '../errors.ts';
import type { Services } from '../services.ts';
import { type Field, type FormPage, formPage, messagePage, PAGE_POLICY } from './html.ts';

const password: Field = {
  name: 'password',
  label: 'Password',
  type: 'password',
  autocomplete: 'new-password',
  hint: `${PASSWORD_LENGTH.min} to ${PASSWORD_LENGTH.max} characters.`,
};

const SET_UP: FormPage = {
  title: 'Set up Docket',
  intro: 'Make the first account. It is an administrator.',
  fields: [
    { name: 'name', label: 'Your name', type: 'text', autocomplete: 'name' },
    { name: 'email', label: 'E-mail address', type: 'email', autocomplete: 'username' },
    password,
  ],
  button: 'Make the account',
};

const RESET: FormPage = {
  title: 'Choose a password',
  intro: 'It replaces the one you have, if any, and signs you out everywhere.',
  fields: [{ ...password, label: 'New password' }],
  button: 'Set the password',
};

/** What a form sends: every value is text. */
type Typed = Record<string, string>;

/** The two pages that printed links lead to; they work without a script. */
export async function linkPages(app: App, { accounts }: Services): Promise<void> {
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: 16_384 },
    async (_request: unknown, text: string) => Object.fromEntries(new URLSearchParams(text)),
  );

  serve(app, '/setup', SET_UP, {
    check: accounts.firstAdmin.check,
    act: async (token, { name = '', email = '', password = '' }) => {
      await accounts.firstAdmin.setUp(token, { name, email, password });
      return 'The account is made. You can sign in now.';
    },
  });
  serve(app, '/reset-password', RESET, {
    check: accounts.links.check,
    act: async (token, { password = '' }) => {
      await accounts.links.resetPassword(token, password);
      return 'The password is set. You can sign in now.';
    },
  });
}

interface Link {
  /** Throws while the token is of no use. */
  check(token: string): Promise<void>;
  /** Uses the token; resolves to what to tell the person. */
  act(token: string, typed: Typed): Promise<string>;
}

/** A form at `path`, for whoever has a good token. What is refused is said above the form, with what was typed. */
function serve(app: App, path: string, form: FormPage, link: Link): void {
  // The address holds the token, so no line of the log may hold the address.
  const quietly = { logLevel: 'warn', onRequest: setPageHeaders } as const;
  const Query = Type.Object({ token: Type.String({ default: '' }) });

  app.get(path, { ...quietly, schema: { hide: true, querystring: Query } }, async (request, reply) => {
    const { token } = request.query;
    return answer(reply, form, { token }, async () => {
      await link.check(token);
      return formPage(form, { token, typed: {} });
    });
  });

  const Body = Type.Record(Type.String(), Type.String());
  app.post(path, { ...quietly, schema: { hide: true, body: Body } }, async (request, reply) => {
    const { token = '', ...typed } = request.body;
    return answer(reply, form, { token, ...typed }, async () =>
      messagePage(form.title, await link.act(token, typed)),
    );
  });
}

async function answer(
  reply: FastifyReply,
  form: FormPage,
  { token = '', ...typed }: Typed,
  attempt: () => Promise<string>,
): Promise<string> {
  try {
    return await attempt();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    reply.code(STATUS[error.code]);
    if (error.code === 'link_invalid') return messagePage(form.title, error.message);
    return formPage(form, { token, typed, problem: error.message });
  }
}

/** `same-origin`: the token goes to no other site as a referrer, and the form still says its Origin. */
async function setPageHeaders(_request: unknown, reply: FastifyReply): Promise<void> {
  reply.headers({
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': PAGE_POLICY,
    'referrer-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  });
}
