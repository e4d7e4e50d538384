import type { Schema } from '../../server/src/http/openapi/document.ts';

/** A schema of one type, without choices in it. */
export interface Kind extends Omit<Schema, '$ref' | 'anyOf' | 'oneOf' | 'const' | 'type'> {
  /** `anything` where the schema names no type. */
  type: string;
  /** The component it came from. */
  name?: string;
}

export type Components = Record<string, Schema>;

const NULL: Kind = { type: 'null' };

/**
 * Everything a value may be. Choices, lists of types and lists of words come out alike however they were written:
 * `anyOf` of constants is one kind with an `enum`, and null is a kind of its own.
 */
export function kindsOf(schema: Schema, components: Components): Kind[] {
  const { $ref, anyOf, oneOf, description: _, title: __, ...rest } = schema;
  if ($ref !== undefined) {
    const name = nameOf($ref);
    return kindsOf(components[name] ?? {}, components).map((kind) => ({ ...kind, name }));
  }
  const choices = anyOf ?? oneOf;
  if (choices) {
    return together(
      choices.flatMap((choice) => kindsOf(choice.$ref ? choice : { ...rest, ...choice }, components)),
    );
  }
  const { type, const: constant, enum: words, ...limits } = rest;
  if (constant !== undefined || words) return kindsOfWords(words ?? [constant], limits);
  return [type ?? 'anything'].flat().map((one) => (one === 'null' ? NULL : { ...limits, type: one }));
}

/** The component that a reference names. */
export function nameOf(reference: string): string {
  return reference.split('/').at(-1) ?? '';
}

function kindsOfWords(words: unknown[], limits: Omit<Kind, 'type' | 'enum'>): Kind[] {
  return together(
    words.map((word) => (word === null ? NULL : { ...limits, type: typeOfWord(word), enum: [word] })),
  );
}

function typeOfWord(word: unknown): string {
  return Number.isInteger(word) ? 'integer' : typeof word;
}

/** Kinds that differ in their words alone, as one. */
function together(kinds: Kind[]): Kind[] {
  const known = new Map<string, Kind>();
  for (const kind of kinds) {
    const { enum: words, ...rest } = kind;
    const key = words ? JSON.stringify(rest) : `${known.size}`;
    known.set(key, { ...kind, ...(words && { enum: [...(known.get(key)?.enum ?? []), ...words] }) });
  }
  return [...known.values()];
}
