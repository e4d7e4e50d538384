import {
  type Answer,
  type ApiDocument,
  type Content,
  METHODS,
  type Operation,
  type Parameter,
} from '../../server/src/http/openapi/document.ts';
import { breaking, type Change, type Direction, notable } from './change.ts';
import { type Compare, schemaComparison } from './schemas.ts';

/** Where nothing may be taken away or narrowed. */
const PROMISED = '/api/v1/';

/** Everything in which `after` differs for those who built on `before`, under /api/v1. Pure. */
export function compareApis(before: ApiDocument, after: ApiDocument): Change[] {
  const { compare, named } = schemaComparison(before.components.schemas, after.components.schemas);
  const changes = operationsOf(before).flatMap(([name, operation]) => {
    const successor = operationsOf(after).find(([other]) => other === name)?.[1];
    return successor
      ? compareOperations(operation, successor, compare, name)
      : [breaking(name, 'was removed')];
  });
  return [...compareSchemes(before, after), ...changes, ...named()];
}

/** How a credential is sent. */
function compareSchemes({ components: was }: ApiDocument, { components: is }: ApiDocument): Change[] {
  return Object.entries(was.securitySchemes).flatMap(([name, { description: _, ...old }]) => {
    const { description: __, ...now } = is.securitySchemes[name] ?? { type: 'none' };
    if (JSON.stringify(old) === JSON.stringify(now)) return [];
    return [breaking(`security ${name}`, `is ${JSON.stringify(now)} now, ${JSON.stringify(old)} before`)];
  });
}

function operationsOf({ paths }: ApiDocument): [name: string, Operation][] {
  return Object.entries(paths)
    .filter(([path]) => path.startsWith(PROMISED))
    .flatMap(([path, item]) =>
      METHODS.flatMap((method): [string, Operation][] => {
        const operation = item[method];
        return operation ? [[`${method.toUpperCase()} ${path}`, operation]] : [];
      }),
    );
}

function compareOperations(was: Operation, is: Operation, compare: Compare, where: string): Change[] {
  return [
    ...compareNames(was, is, where),
    ...compareSecurity(was, is, where),
    ...compareParameters(was.parameters ?? [], is.parameters ?? [], compare, where),
    ...compareBodies(was.requestBody, is.requestBody, compare, where),
    ...compareAnswers(was.responses, is.responses, compare, where),
  ];
}

function compareNames(
  { operationId: was }: Operation,
  { operationId: is }: Operation,
  where: string,
): Change[] {
  if (was === is) return [];
  return [breaking(where, `is called ${is} now, ${was} before: generated clients call it by that name`)];
}

/** Every way to be let in has to let in still; `[]` lets everybody in. */
function compareSecurity(was: Operation, is: Operation, where: string): Change[] {
  const ways = ({ security = [] }: Operation) =>
    security.length === 0 ? [[]] : security.map((way) => Object.keys(way));
  return ways(was)
    .filter((way) => !ways(is).some((needed) => needed.every((scheme) => way.includes(scheme))))
    .map((way) => breaking(where, `is no longer open with ${way.join(' and ') || 'nothing'}`));
}

function compareParameters(was: Parameter[], is: Parameter[], compare: Compare, where: string): Change[] {
  const key = ({ in: place, name }: Parameter) =>
    `${place} ${place === 'header' ? name.toLowerCase() : name}`;
  const place = (parameter: Parameter) => `${where} ${parameter.in} ${parameter.name}`;
  const kept = was.flatMap((old) => {
    const now = is.find((other) => key(other) === key(old));
    if (!now) return [breaking(place(old), 'is no longer taken')];
    const demanded = now.required && !old.required ? [breaking(place(now), 'must be given now')] : [];
    return [...demanded, ...compare(old.schema, now.schema, 'request', place(now))];
  });
  const added = is
    .filter((now) => now.required && !was.some((old) => key(old) === key(now)))
    .map((now) => breaking(place(now), 'is new and must be given'));
  return [...kept, ...added];
}

function compareBodies(
  was: Operation['requestBody'],
  is: Operation['requestBody'],
  compare: Compare,
  where: string,
): Change[] {
  if (was && !is) return [breaking(where, 'no longer takes a body')];
  const demanded = is?.required && !was?.required ? [breaking(where, 'needs a body now')] : [];
  if (!was || !is) return demanded;
  return [...demanded, ...compareContents(was.content, is.content, 'request', compare, `${where} body`)];
}

type Answers = Record<string, Answer>;

/** Statuses other than success may come and go: clients know what 4xx and 5xx mean (RFC 9110, section 15). */
function compareAnswers(was: Answers, is: Answers, compare: Compare, where: string): Change[] {
  const isSuccess = (status: string) => status.startsWith('2');
  const kept = Object.entries(was).flatMap(([status, old]) => {
    const now = is[status];
    if (now) return compareAnswer(old, now, compare, `${where} ${status}`);
    return isSuccess(status) ? [breaking(where, `no longer answers ${status}`)] : [];
  });
  const added = Object.keys(is)
    .filter((status) => isSuccess(status) && !was[status])
    .map((status) => notable(where, `may now answer ${status}`));
  return [...kept, ...added];
}

function compareAnswer(was: Answer, is: Answer, compare: Compare, where: string): Change[] {
  const headers = Object.entries(was.headers ?? {}).flatMap(([name, { schema }]) => {
    const now = is.headers?.[name];
    const place = `${where} header ${name}`;
    return now ? compare(schema, now.schema, 'answer', place) : [breaking(place, 'is no longer sent')];
  });
  const content = compareContents(was.content ?? {}, is.content ?? {}, 'answer', compare, `${where} body`);
  return [...headers, ...content];
}

function compareContents(
  was: Content,
  is: Content,
  direction: Direction,
  compare: Compare,
  where: string,
): Change[] {
  return Object.entries(was).flatMap(([mediaType, { schema = {} }]) => {
    const now = is[mediaType];
    if (!now) return [breaking(where, `is no longer ${mediaType}`)];
    return compare(schema, now.schema ?? {}, direction, where);
  });
}
