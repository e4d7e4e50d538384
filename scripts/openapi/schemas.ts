import type { Schema } from '../../server/src/http/openapi/document.ts';
import { breaking, type Change, type Direction, notable } from './change.ts';
import { type Components, type Kind, kindsOf, nameOf } from './kinds.ts';
import { compareLimits } from './limits.ts';

export type Compare = (before: Schema, after: Schema, direction: Direction, where: string) => Change[];

/**
 * Compares schemas of two documents: whatever was taken in a request has to be taken still, and whatever comes in an
 * answer has to be something that came before. A component is compared once, however often it is used, and what
 * changed in it is told by `named` at the end.
 */
export function schemaComparison(before: Components, after: Components) {
  const components = new Map<string, Change[]>();
  const underway = new Set<string>();

  const compare: Compare = (was, is, direction, where) => {
    if (was.$ref !== undefined && was.$ref === is.$ref) {
      compareComponent(nameOf(was.$ref), direction);
      return [];
    }
    return [...defaults(was, is, direction, where), ...compareKinds(was, is, direction, where)];
  };

  function compareComponent(name: string, direction: Direction): void {
    const key = `${direction} ${name}`;
    if (components.has(key)) return;
    components.set(key, []); // It may have itself in it.
    components.set(key, compare(before[name] ?? {}, after[name] ?? {}, direction, `${direction}s: ${name}`));
  }

  /** Every kind on the side that sends has to find one that takes it in on the other side. */
  const compareKinds: Compare = (was, is, direction, where) => {
    const old = kindsOf(was, before);
    const now = kindsOf(is, after);
    const [sent, taken] = direction === 'request' ? [old, now] : [now, old];
    return sent.flatMap((kind) => {
      const fitting = taken.filter(({ type }) => takesIn(type, kind.type));
      const changes = fitting.map((other) =>
        direction === 'request'
          ? compareKind(kind, other, direction, where)
          : compareKind(other, kind, direction, where),
      );
      return changes.toSorted(byHarm)[0] ?? [otherType(kind, old, direction, where)];
    });
  };

  function compareKind(was: Kind, is: Kind, direction: Direction, where: string): Change[] {
    if (was.name !== undefined && was.name === is.name) {
      compareComponent(was.name, direction);
      return [];
    }
    const pair = `${direction} ${was.name} ${is.name}`;
    if (was.name !== undefined && underway.has(pair)) return [];
    underway.add(pair);
    const changes = [
      ...compareLimits(was, is, direction, where),
      ...compareProperties(was, is, direction, where),
      ...compareOthers(was, is, direction, where),
      ...(was.items || is.items ? compare(was.items ?? {}, is.items ?? {}, direction, `${where}[]`) : []),
    ];
    underway.delete(pair);
    return changes;
  }

  function compareProperties(was: Kind, is: Kind, direction: Direction, where: string): Change[] {
    const { properties: old = {}, required: needed = [] } = was;
    const { properties: now = {}, required: needs = [] } = is;
    const kept = Object.entries(old).flatMap(([name, property]) => {
      const place = `${where}.${name}`;
      const successor = now[name];
      if (!successor) return [breaking(place, 'was removed')];
      return compare(property, successor, direction, place);
    });
    const [more, fewer] = [
      needs.filter((name) => !needed.includes(name)),
      needed.filter((name) => !needs.includes(name)),
    ];
    const presence =
      direction === 'request'
        ? more.map((name) => breaking(`${where}.${name}`, 'must be given now'))
        : fewer
            .filter((name) => name in now)
            .map((name) => breaking(`${where}.${name}`, 'may be missing now'));
    return [...kept, ...presence];
  }

  /** Properties without a name of their own. */
  function compareOthers(was: Kind, is: Kind, direction: Direction, where: string): Change[] {
    const { additionalProperties: old = true } = was;
    const { additionalProperties: now = true } = is;
    if (direction === 'request' && now === false && old !== false) {
      return [breaking(where, 'takes no other properties any more')];
    }
    if (old === false || now === false || (old === true && now === true)) return [];
    return compare(old === true ? {} : old, now === true ? {} : now, direction, `${where}.*`);
  }

  return { compare, named: () => [...components.values()].flat() };
}

function takesIn(wider: string, narrower: string): boolean {
  return wider === narrower || wider === 'anything' || (wider === 'number' && narrower === 'integer');
}

function otherType(kind: Kind, before: Kind[], direction: Direction, where: string): Change {
  if (direction === 'request') return breaking(where, `no longer takes ${kind.type}`);
  return breaking(where, `may now be ${kind.type}, was ${before.map(({ type }) => type).join(' or ')}`);
}

/** Fewest breaches first. */
function byHarm(one: Change[], other: Change[]): number {
  const harm = (changes: Change[]) => changes.filter(({ breaks }) => breaks).length;
  return harm(one) - harm(other) || one.length - other.length;
}

const defaults: Compare = (was, is, direction, where) => {
  const [old, now] = [JSON.stringify(was.default), JSON.stringify(is.default)];
  if (direction === 'answer' || old === now) return [];
  return [notable(where, `is ${now ?? 'nothing'} when left out, was ${old ?? 'nothing'}`)];
};
