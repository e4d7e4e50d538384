import { type TObject, type TProperties, type TSchema, Type } from 'typebox';
import { ROLES } from '../db/schema.ts';

/** Ids are UUIDs; one of another form names nothing, so a path with it is 404. */
const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
export const Id = Type.String({ pattern: `^${UUID}$`, description: 'UUID' });
/** An id in a query, or one of these words in its place. */
export const idOr = (...words: string[]) => Type.String({ pattern: `^(${[...words, UUID].join('|')})$` });
export const Timestamp = Type.String({ description: 'RFC 3339, UTC' });
export const Person = Type.Object({ id: Id, name: Type.String() });
export const RoleSchema = Type.Enum([...ROLES]);

/** Text that PostgreSQL can hold: it has no NUL. */
export const text = (minLength: number, maxLength: number) =>
  Type.String({ minLength, maxLength, pattern: '^[^\\u0000]*$' });

/** One line with something to read on it. */
export const line = (maxLength: number) =>
  Type.String({ maxLength, pattern: '^(?=.*[^\\s])[^\\u0000-\\u001f\\u007f]*$' });

/** Text with something to read in it. */
export const prose = (maxLength: number) => Type.String({ maxLength, pattern: '^(?=\\s*\\S)[^\\u0000]*$' });

/** An id in a body. One that names nothing is 404 like any other, so its form is left open. */
export const reference = text(1, 64);

/** Accounts judge its length; here it only has to be bounded. */
export const Password = Type.String({ minLength: 1, maxLength: 1000 });
export const Nothing = Type.Null({ description: 'Done' });
export const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

/** `?skip&limit` of every list. */
export const PAGE = {
  skip: Type.Integer({ minimum: 0, maximum: 1_000_000, default: 0 }),
  limit: Type.Integer({ minimum: 1, maximum: 100, default: 20 }),
};

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
    total: Type.Integer(),
    skip: Type.Integer(),
    limit: Type.Integer(),
  });

export const ProblemSchema = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String(),
    code: Type.String(),
    limit: Type.Optional(Type.Union([Type.Integer(), Type.String()])),
    actual: Type.Optional(Type.Union([Type.Integer(), Type.String()])),
    file_name: Type.Optional(Type.String()),
  },
  { description: 'RFC 9457', $id: 'Problem' },
);

/** The problem answers a route can give, for its schema. */
export const problems = (...statuses: number[]) =>
  Object.fromEntries(
    statuses.map((status) => [
      status,
      { description: 'Refused', content: { 'application/problem+json': { schema: ProblemSchema } } },
    ]),
  );
