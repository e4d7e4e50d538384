import { breaking, type Change, type Direction, notable } from './change.ts';
import type { Kind } from './kinds.ts';

type Judge = (before: Kind, after: Kind, direction: Direction, where: string) => Change[];

const AT_LEAST = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems', 'minProperties'] as const;
const AT_MOST = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems', 'maxProperties'] as const;
const FORMS = ['pattern', 'format', 'multipleOf', 'uniqueItems'] as const;
const ELSEWHERE = [
  'name',
  'type',
  'enum',
  'default',
  'properties',
  'required',
  'additionalProperties',
  'items',
];
const SAYS_NOTHING = ['examples', 'example', 'deprecated', 'readOnly', 'writeOnly', '$comment'];
const JUDGED = new Set<string>([...AT_LEAST, ...AT_MOST, ...FORMS, ...ELSEWHERE, ...SAYS_NOTHING]);

/** What a request may hold must not become less; what an answer may hold may become more, if that is told. */
export const compareLimits: Judge = (...kinds) => [
  ...words(...kinds),
  ...bounds(...kinds),
  ...forms(...kinds),
  ...unknown(...kinds),
];

const words: Judge = (before, after, direction, where) => {
  if (direction === 'request') {
    if (!after.enum) return [];
    if (!before.enum) return [breaking(where, `takes only ${list(after.enum)} now`)];
    const gone = without(before.enum, after.enum);
    return gone.length > 0 ? [breaking(where, `no longer takes ${list(gone)}`)] : [];
  }
  if (!before.enum) return [];
  if (!after.enum) return [breaking(where, `may now be any ${after.type}, not only ${list(before.enum)}`)];
  const added = without(after.enum, before.enum);
  return added.length > 0 ? [notable(where, `may now be ${list(added)} too`)] : [];
};

const bounds: Judge = (before, after, direction, where) =>
  [...AT_LEAST, ...AT_MOST].flatMap((keyword) => {
    const unbounded = boundless(keyword);
    const was = before[keyword] ?? unbounded;
    const is = after[keyword] ?? unbounded;
    if (was === is) return [];
    const isTighter = isOneOf(AT_LEAST, keyword) ? is > was : is < was;
    const what = `has ${keyword} ${shown(is)} now, ${shown(was)} before`;
    if (direction === 'request') return isTighter ? [breaking(where, what)] : [];
    return isTighter ? [] : [notable(where, what)];
  });

/** What holds where a bound is not given. */
function boundless(keyword: (typeof AT_LEAST)[number] | (typeof AT_MOST)[number]): number {
  if (isOneOf(AT_MOST, keyword)) return Number.POSITIVE_INFINITY;
  return keyword === 'minimum' || keyword === 'exclusiveMinimum' ? Number.NEGATIVE_INFINITY : 0;
}

const shown = (bound: number) => (Number.isFinite(bound) ? bound : 'none');

/** Whether one form takes in another is beyond us, so another one counts as narrower. */
const forms: Judge = (before, after, direction, where) =>
  FORMS.flatMap((keyword) => {
    const was = before[keyword] || undefined;
    const is = after[keyword] || undefined;
    if (was === is) return [];
    const what = `has ${keyword} ${is ?? 'none'} now, ${was ?? 'none'} before`;
    if (direction === 'request') return is === undefined ? [] : [breaking(where, what)];
    if (was === undefined) return [];
    return [keyword === 'format' ? breaking(where, what) : notable(where, what)];
  });

/** A keyword that nothing here looks into: better asked about than let through. */
const unknown: Judge = (before, after, _, where) => {
  const entries = (kind: Kind) =>
    Object.entries(kind).filter(([keyword]) => !JUDGED.has(keyword) && !keyword.startsWith('x-'));
  const was = JSON.stringify(entries(before));
  const is = JSON.stringify(entries(after));
  return was === is ? [] : [breaking(where, `has ${is} now, ${was} before: nothing here can judge that`)];
};

function isOneOf<Word extends string>(words: readonly Word[], word: string): word is Word {
  return words.some((one) => one === word);
}

function without(words: unknown[], others: unknown[]): unknown[] {
  return words.filter((word) => !others.includes(word));
}

function list(words: unknown[]): string {
  return words.map((word) => JSON.stringify(word)).join(', ');
}
