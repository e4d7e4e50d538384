import { type TObject, type TProperties, type TSchema, Type } from 'typebox';
import { ROLES } from '../db/schema.ts';
import { SENTENCES } from '../refusals.ts';

/** Ids are UUIDs; one of another form names nothing, so a path with it is 404. */
const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
export const Id = Type.String({ pattern: `^${UUID}$`, description: 'UUID.' });
/** The id of what is named, in a path or query. */
export const idOf = (what: string) => ({ ...Id, description: `The id of ${what}.` });
/** An id in a query, or one of these words in its place. */
export const idOr = (...words: string[]) => Type.String({ pattern: `^(${[...words, UUID].join('|')})$` });
export const Timestamp = Type.String({ format: 'date-time', description: 'RFC 3339, in UTC.' });
export const Person = Type.Object({ id: Id, name: Type.String() }, { title: 'Person' });
/** One of these words. */
export const choice = <Word extends string>(words: readonly Word[]) =>
  Type.Unsafe<Word>({ type: 'string', enum: [...words] });
export const RoleSchema = choice(ROLES);

/** Text that PostgreSQL can hold: it has no NUL. */
export const text = (minLength: number, maxLength: number) =>
  Type.String({ minLength, maxLength, pattern: '^[^\\u0000]*$' });

/** One line with something to read on it. */
export const line = (maxLength: number) =>
  Type.String({ maxLength, pattern: '^(?=.*[^\\s])[^\\u0000-\\u001f\\u007f]*$' });

/** Text with something to read in it. */
export const prose = (maxLength: number) => Type.String({ maxLength, pattern: '^(?=\\s*\\S)[^\\u0000]*$' });

/** Why somebody does what has to be answered for. */
export const REASON = { reason: prose(500) };

/** An id in a body. One that names nothing is 404 like any other, so its form is left open. */
export const reference = text(1, 64);

/** Accounts judge its length; here it only has to be bounded. */
export const Password = Type.String({ minLength: 1, maxLength: 1000 });
export const Nothing = Type.Null({ description: 'Done' });
export const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

/** Of a ticket or a file. */
export const LegalHold = nullable(
  Type.Object(
    { at: Timestamp, by: Person, reason: Type.String() },
    { description: 'Who keeps it from being purged, and why; for agents and admins.' },
  ),
);

/** `?skip&limit` of every list. */
export const PAGE = {
  skip: Type.Integer({ minimum: 0, maximum: 1_000_000, default: 0, description: 'How many to leave out.' }),
  limit: Type.Integer({ minimum: 1, maximum: 100, default: 20, description: 'How many to answer, at most.' }),
};

/** An object of an answer, which the description of the API gives this name and says once. */
export const named = <P extends TProperties>(title: string, properties: P) =>
  Type.Object(properties, { title });

/** A request body: these properties and nothing else. */
export const body = <P extends TProperties>(properties: P) =>
  Type.Object(properties, { additionalProperties: false });

/** The query of a list: its page and its filters, and nothing else. */
export const listQuery = <P extends TProperties>(filters: P) =>
  Type.Object({ ...filters, ...PAGE }, { additionalProperties: false });

/** The answer of a list. */
export const listOf = <T extends TObject>(item: T) =>
  Type.Object({
    data: Type.Array(item),
    total: Type.Integer({ description: 'How many there are on all pages.' }),
    skip: Type.Integer(),
    limit: Type.Integer(),
  });

/** The answer of whatever makes something that has an address of its own. */
export const created = <T extends TObject>(thing: T) => ({
  ...thing,
  headers: { Location: Type.String({ description: 'Where it is from now on.' }) },
});

/** RFC 9457. New codes are no incompatible change, so the list of them is open. */
export const ProblemSchema = Type.Object(
  {
    type: Type.String({ description: 'A URN of the code.' }),
    title: Type.String({ description: 'The code in words.' }),
    status: Type.Integer({ description: 'As in the status line.' }),
    detail: Type.String({ description: 'What is wrong and what to do, for people.' }),
    code: Type.String({
      description: 'What is wrong, for programs. There may be more codes than these in time.',
      'x-extensible-enum': Object.keys(SENTENCES),
    }),
    limit: Type.Optional(
      Type.Union([Type.Integer(), Type.String()], {
        description: 'The limit that was met: bytes, a count, or what is accepted.',
      }),
    ),
    actual: Type.Optional(
      Type.Union([Type.Integer(), Type.String()], { description: 'What the request had instead.' }),
    ),
    file_name: Type.Optional(Type.String()),
  },
  { title: 'Problem', description: 'Why something was refused (RFC 9457).' },
);

const REFUSED = {
  400: 'The request, or the file in it, is not accepted.',
  401: 'You are not signed in, or not with these credentials.',
  403: 'You may not do this.',
  404: 'There is no such thing.',
  408: 'No data arrived for too long.',
  409: 'It does not fit how things are now.',
  410: 'The file was deleted, or the upload has ended.',
  412: 'The file is not the one that was asked for, or the version of tus another.',
  413: 'It is more than the limit.',
  415: 'This content type is not accepted here.',
  416: 'The range lies outside the file.',
  422: 'The Idempotency-Key was used for a different request, or a picture cannot be decoded.',
  423: 'Another request is still writing to this upload.',
  429: 'Too many at once, or too often.',
  460: 'The piece did not arrive as it was sent.',
  500: 'The stored file is missing or damaged.',
  503: 'The server, or its file store, cannot do it just now.',
  507: 'The server has no room for more files just now.',
};

const refusal = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: ProblemSchema } },
});

const RETRY_AFTER = {
  headers: { 'Retry-After': Type.Integer({ description: 'Seconds after which another try makes sense.' }) },
};

/** The problem answers a route can give, for its schema. */
export const problems = (...statuses: (keyof typeof REFUSED)[]) =>
  Object.fromEntries(
    statuses.map((status) => [status, { ...refusal(REFUSED[status]), ...(status === 429 && RETRY_AFTER) }]),
  );

/** Whatever else may go wrong, on our side or before the request is understood. */
export const OTHER_PROBLEM = refusal('Anything else that is refused or fails.');
