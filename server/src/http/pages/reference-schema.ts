import type { Schema } from '../openapi/document.ts';
import { escapeHtml } from './html.ts';

/** Text of the description, where `code` may stand between backticks and a blank line begins a paragraph. */
export function prose(text: string): string {
  const paragraphs = escapeHtml(text).split('\n\n');
  return paragraphs.map((paragraph) => `<p>${codeSpans(paragraph)}</p>`).join('\n');
}

export function inline(text: string): string {
  return codeSpans(escapeHtml(text));
}

const codeSpans = (html: string) => html.replace(/`([^`]+)`/g, '<code>$1</code>');
const code = (value: unknown) => `<code>${escapeHtml(String(value))}</code>`;

/** What a value is, in a few words: a link where the schema has a name. */
export function typeHtml(schema: Schema): string {
  if (schema.$ref) {
    const name = escapeHtml(schema.$ref.split('/').at(-1) ?? '');
    return `<a href="#schema-${name}">${name}</a>`;
  }
  if (schema.anyOf) return schema.anyOf.map(typeHtml).join(' or ');
  if (schema.const !== undefined) return code(schema.const);
  if (schema.enum) return schema.enum.map(code).join(' or ');
  if (schema.items) return `list of ${typeHtml(schema.items)}${bounds(schema)}`;
  const type = schema.format ?? [schema.type ?? 'anything'].flat().join(' or ');
  return escapeHtml(type) + bounds(schema);
}

/** The properties of an object, and of the objects in it that have no name. */
export function fieldsHtml({ properties, required = [], items, ...schema }: Schema): string {
  if (items) return fieldsHtml(items);
  if (!properties) return known(schema);
  const fields = Object.entries(properties).map(([name, property]) => {
    const optional = required.includes(name) ? '' : ', optional';
    return itemHtml(
      name,
      typeHtml(property) + optional,
      inline(property.description ?? '') + fieldsHtml(property),
    );
  });
  return listHtml(fields);
}

/** A name, what it is, and what more there is to say. */
export function itemHtml(name: string, what: string, more: string): string {
  return `<li>${code(name)} <span>${what}</span>${more && `<div>${more}</div>`}</li>`;
}

export function listHtml(items: string[]): string {
  return items.length > 0 ? `<ul>${items.join('\n')}</ul>` : '';
}

/** Words that a text may be beside others. */
function known(schema: Schema): string {
  const words = schema['x-extensible-enum'];
  return words ? `<p class="soft">${words.map(code).join(' ')}</p>` : '';
}

function bounds(schema: Schema): string {
  const { minimum, maximum, minLength, maxLength, minItems, maxItems } = schema;
  const limits = [
    between(minimum, maximum, ''),
    between(minLength, maxLength, ' characters'),
    between(minItems, maxItems, ' items'),
    schema.default === undefined ? '' : `${code(schema.default)} if left out`,
  ];
  return limits
    .filter((limit) => limit !== '')
    .map((limit) => `, ${limit}`)
    .join('');
}

function between(least: number | undefined, most: number | undefined, unit: string): string {
  if (least !== undefined && most !== undefined) return `${least} to ${most}${unit}`;
  if (most !== undefined) return `at most ${most}${unit}`;
  return least === undefined ? '' : `at least ${least}${unit}`;
}
