import {
  type Answer,
  type ApiDocument,
  type Content,
  METHODS,
  type Method,
  type Operation,
  type Parameter,
  type Schema,
} from '../openapi/document.ts';
import { escapeHtml, GROUND_STYLE, page, policyFor } from './html.ts';
import { fieldsHtml, inline, itemHtml, listHtml, prose, typeHtml } from './reference-schema.ts';

const STYLE = `${GROUND_STYLE}
main { max-width: 56rem; margin: 0 auto; }
nav ul { display: flex; flex-wrap: wrap; gap: 0 1rem; }
a { color: var(--act); }
h2 { margin: 2.5rem 0 0.25rem; font-size: 1.25rem; }
h3 { margin: 0; font-size: 1rem; }
h4 { margin: 1rem 0 0.25rem; font-size: 0.875rem; color: var(--soft); }
code { font: 0.9375em/1.4 ui-monospace, monospace; overflow-wrap: anywhere; }
details, .schema { margin-top: 0.5rem; padding: 0.75rem 1rem; background: var(--card); border-radius: 0.5rem; }
summary { cursor: pointer; }
summary h3 { display: inline; }
summary div { color: var(--soft); }
summary + * { margin-top: 1rem; }
ul { margin: 0; padding: 0; list-style: none; }
li { margin-top: 0.5rem; overflow-wrap: anywhere; }
li div { margin-left: 1rem; }
li span, .soft { color: var(--soft); }
`;

/** It has no script and asks no other host for anything. */
export const REFERENCE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': policyFor(STYLE),
} as const;

/** The description of the API as a page: every operation by its tag, then every schema that has a name. */
export function referencePage({ info, tags, paths, components }: ApiDocument): string {
  const operations = Object.entries(paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = item[method];
      return operation ? [{ path, method, operation }] : [];
    }),
  );
  const sections = tags.map(({ name, description }) => {
    const inTag = operations.filter(({ operation }) => operation.tags.includes(name));
    return `<section aria-labelledby="tag-${name}">
    <h2 id="tag-${name}">${name}</h2>
    ${prose(description)}
    ${inTag.map(operationHtml).join('\n')}
    </section>`;
  });
  const links = tags.map(({ name }) => `<li><a href="#tag-${name}">${name}</a></li>`);
  return page(
    'API reference',
    `<h1>${escapeHtml(info.title)} API, version ${escapeHtml(info.version)}</h1>
    ${prose(info.description)}
    <p>For programs: <a href="openapi.json">openapi.json</a></p>
    <nav aria-label="Contents"><ul>${links.join('')}<li><a href="#schemas">Schemas</a></li></ul></nav>
    ${sections.join('\n')}
    <section aria-labelledby="schemas">
    <h2 id="schemas">Schemas</h2>
    ${Object.entries(components.schemas).map(schemaHtml).join('\n')}
    </section>`,
    STYLE,
  );
}

interface Entry {
  path: string;
  method: Method;
  operation: Operation;
}

function operationHtml({ path, method, operation }: Entry): string {
  const { operationId, summary, description = '', parameters = [], requestBody, responses } = operation;
  return `<details>
    <summary><h3><code>${method.toUpperCase()} ${escapeHtml(path)}</code></h3><div>${inline(summary)}</div></summary>
    <div id="${operationId}">
    ${description && prose(description)}
    <p class="soft">${whoMay(operation)}</p>
    ${parameters.length > 0 ? `<h4>Parameters</h4>${listHtml(parameters.map(parameterHtml))}` : ''}
    ${requestBody ? `<h4>Body</h4>${contentHtml(requestBody.content)}` : ''}
    <h4>Answers</h4>${listHtml(Object.entries(responses).map(answerHtml))}
    </div>
    </details>`;
}

function parameterHtml({ name, in: place, required, schema, description = '' }: Parameter): string {
  return itemHtml(
    name,
    `in the ${place}, ${typeHtml(schema)}${required ? '' : ', optional'}`,
    inline(description),
  );
}

function answerHtml([status, { description, headers = {}, content = {} }]: [string, Answer]): string {
  const sent = Object.entries(headers).map(([name, { schema, description = '' }]) =>
    itemHtml(name, `header, ${typeHtml(schema)}`, inline(description)),
  );
  return itemHtml(status, inline(description), contentHtml(content) + listHtml(sent));
}

function whoMay({ security = [] }: Operation): string {
  if (security.length === 0) return 'Nobody has to be signed in.';
  return `With ${security.flatMap(Object.keys).join(' or ')}.`;
}

/** Problems are the same everywhere, so they are not shown at every answer. */
function contentHtml(content: Content): string {
  return Object.entries(content)
    .filter(([mediaType]) => mediaType !== 'application/problem+json')
    .map(
      ([mediaType, { schema = {} }]) => `<code>${mediaType}</code> ${typeHtml(schema)}${fieldsHtml(schema)}`,
    )
    .join('\n');
}

function schemaHtml([name, schema]: [string, Schema]): string {
  const either = schema.anyOf ? `<p>${typeHtml(schema)}</p>` : '';
  return `<div class="schema"><h3 id="schema-${name}">${name}</h3>
    ${either}${schema.description ? prose(schema.description) : ''}${fieldsHtml(schema)}</div>`;
}
