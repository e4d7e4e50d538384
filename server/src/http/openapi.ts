import swagger from '@fastify/swagger';
import type { FastifySchema, RouteOptions } from 'fastify';
import pkg from '../../package.json' with { type: 'json' };
import type { App } from './app.ts';
import { FORM_TYPE } from './forms.ts';
import type { ApiDocument } from './openapi/document.ts';
import { finished } from './openapi/finish.ts';
import { OTHER_PROBLEM, problems } from './schemas.ts';
import { PIECE_TYPE, Piece } from './tus/headers.ts';
import { UploadForm } from './upload-body.ts';

const DESCRIPTION = `The help desk and the files on its tickets.

Send an API token as \`Authorization: Bearer …\`, or sign in and keep the cookie. A write with the cookie has to come from Docket's own address (\`Origin\`).

What is refused is answered with a problem document (RFC 9457), whose \`code\` is stable.

Within \`v1\` nothing is taken away or narrowed; new properties, codes and values may appear.`;

const TAGS = [
  { name: 'Tickets', description: 'What people ask for, and who looks after it.' },
  { name: 'Replies', description: 'What is said on a ticket, to everybody or among agents.' },
  { name: 'Attachments', description: 'Files on tickets and replies: put there, listed, fetched, removed.' },
  {
    name: 'Uploads',
    description: 'Files for a ticket or reply that is still being written. Only you see yours.',
  },
  {
    name: 'Resumable uploads',
    description:
      'tus 1.0: files that come in pieces, over any line. A piece that has arrived is never sent again.',
  },
  { name: 'Events', description: 'What happens, as it happens.' },
  { name: 'Accounts', description: 'Who you are, and the first account of a desk.' },
  { name: 'Sign-in', description: 'Passwords, and sessions kept in a cookie.' },
  { name: 'Tokens', description: 'Your own API tokens, for programs.' },
  { name: 'Users', description: 'Everybody with an account, for agents and administrators.' },
  { name: 'Administration', description: 'How the desk is set up, for administrators.' },
  { name: 'Health', description: 'For whoever watches over the server. No sign-in is needed.' },
  { name: 'Reference', description: 'This description itself.' },
];

const SECURITY_SCHEMES = {
  session: {
    type: 'apiKey',
    in: 'cookie',
    name: 'docket.session_token',
    description: 'Set by signing in. Over HTTPS its name begins with `__Secure-`.',
  },
  token: { type: 'http', scheme: 'bearer', description: 'An API token.' },
} as const;

/** Takes down every route that `app` gets from here on, if it has a tag. */
export async function describeApi(app: App): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Docket',
        version: pkg.version,
        description: DESCRIPTION,
        license: { name: pkg.license },
      },
      servers: [{ url: '/' }],
      tags: TAGS,
      components: { securitySchemes: SECURITY_SCHEMES },
    },
    hideUntagged: true,
    stripBasePath: false,
    convertConstToEnum: false,
    transform: ({ schema, url, route }) => ({ schema: completed(schema, route), url }),
  });
}

/** The description of what `app` serves under /api/v1 (OpenAPI 3.1), once it is ready. */
export function apiDocument(app: App): ApiDocument {
  return finished(JSON.parse(JSON.stringify(app.swagger())));
}

/** A route's schema with what holds for every route: who may call it, and what is refused before it runs. */
function completed(schema: FastifySchema, { method, config = {} }: RouteOptions): FastifySchema {
  const isForm = schema.consumes?.includes(FORM_TYPE) ?? false;
  const isWrite = ![method].flat().includes('GET');
  // An upload may be begun with a piece, and need not.
  const isPiece = method === 'PATCH' && (schema.consumes?.includes(PIECE_TYPE) ?? false);
  const takesBody = isForm || isPiece || schema.body !== undefined;
  const refused = (
    [
      [400, takesBody || schema.querystring],
      [401, !config.public],
      [403, isWrite],
      [404, schema.params],
      [413, takesBody],
      [415, takesBody],
    ] as const
  ).flatMap(([status, applies]) => (applies ? [status] : []));
  return {
    ...schema,
    ...(isForm && { body: UploadForm }),
    ...(isPiece && { body: Piece }),
    security: securityOf(config),
    response: { ...Object(schema.response), ...problems(...refused), default: OTHER_PROBLEM },
  };
}

function securityOf({ public: open, session }: NonNullable<RouteOptions['config']>) {
  if (open) return [];
  return session ? [{ session: [] }] : [{ session: [] }, { token: [] }];
}
