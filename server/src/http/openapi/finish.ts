import { STATUS_CODES } from 'node:http';
import type { ApiDocument, Operation, PathItem, Schema } from './document.ts';

/** What the collected document lacks: each schema with a title said once, and operations as they really are. */
export function finished(collected: ApiDocument): ApiDocument {
  const schemas: Record<string, Schema> = {};
  const paths = Object.fromEntries(
    Object.entries(collected.paths).map(([path, item]) => [path, shared(finishedItem(item), schemas)]),
  );
  const sorted = Object.fromEntries(Object.entries(schemas).sort(([a], [b]) => (a < b ? -1 : 1)));
  return { ...collected, paths, components: { ...collected.components, schemas: sorted } };
}

function finishedItem(item: PathItem): PathItem {
  for (const operation of Object.values(item)) finishOperation(operation);
  return item.get && item.head ? { ...item, head: headOf(item.get) } : item;
}

function finishOperation(operation: Operation): void {
  const { parameters = [], responses } = operation;
  // The collector takes every HEAD for the twin of a GET.
  operation.operationId = operation.operationId?.replace(/-head$/, '');
  // What has a default may be left out.
  for (const parameter of parameters) parameter.required &&= parameter.schema.default === undefined;
  for (const [status, answer] of Object.entries(responses)) {
    if (answer.description === 'Default Response') answer.description = STATUS_CODES[status] ?? status;
  }
}

/** HEAD is GET without content (RFC 9110, section 9.3.2). */
function headOf(get: Operation): Operation {
  const responses = Object.entries(get.responses).map(([status, { content: _, ...answer }]) => [
    status,
    answer,
  ]);
  return {
    ...get,
    operationId: `${get.operationId}Head`,
    summary: `${get.summary}: its headers alone`,
    responses: Object.fromEntries(responses),
  };
}

/** The same with a reference in place of every schema that has a title, which goes to `schemas`. */
function shared<Part>(part: Part, schemas: Record<string, Schema>): Part;
function shared(part: unknown, schemas: Record<string, Schema>): unknown {
  if (Array.isArray(part)) return part.map((item) => shared(item, schemas));
  if (typeof part !== 'object' || part === null) return part;
  const copy = Object.fromEntries(Object.entries(part).map(([key, value]) => [key, shared(value, schemas)]));
  if (typeof copy.title !== 'string') return copy;
  const { title, ...schema } = copy;
  const known = schemas[title];
  if (known && JSON.stringify(known) !== JSON.stringify(schema))
    throw new Error(`two schemas called ${title}`);
  schemas[title] = schema;
  return { $ref: `#/components/schemas/${title}` };
}
