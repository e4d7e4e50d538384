import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { readFile } from 'node:fs/promises';
import { Validator } from '@seriousme/openapi-schema-validator';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { type ApiDocument, METHODS, type Operation } from '../../src/http/openapi/document.ts';
import { openTestDesk, type TestDesk } from '../support/desk.ts';

const KEPT: ApiDocument = JSON.parse(
  await readFile(new URL('../../../docs/openapi.json', import.meta.url), 'utf8'),
);
const OPERATIONS = Object.entries(KEPT.paths).flatMap(([path, item]) =>
  METHODS.flatMap((method): [string, Operation][] => {
    const operation = item[method];
    return operation ? [[`${method.toUpperCase()} ${path}`, operation]] : [];
  }),
);

let desk: TestDesk;
/** Every route that the desk registered, as the document would name it. */
const routes: string[] = [];

const listen = (message: unknown) => {
  const { fastify } = message as { fastify: FastifyInstance };
  fastify.addHook('onRoute', ({ method, url }) => {
    const path = url.replace(/:(\w+)/g, '{$1}');
    routes.push(...[method].flat().map((one) => `${one} ${path}`));
  });
};

beforeAll(async () => {
  subscribe('fastify.initialization', listen);
  desk = await openTestDesk();
  unsubscribe('fastify.initialization', listen);
}, 60_000);
afterAll(() => desk.close());

describe('the description of the API', () => {
  it('is served to everybody, and kept in docs/openapi.json', async () => {
    const response = await desk.anonymous.get('/openapi.json');
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toMatch(/^application\/json/);
    expect(await response.json()).toEqual(KEPT);
  });

  it('is valid OpenAPI 3.1', async () => {
    const validator = new Validator();
    expect(await validator.validate(structuredClone({ ...KEPT }))).toEqual({ valid: true });
    expect(validator.version).toBe('3.1');
  });

  it('has every route under /api/v1, those of health, and no other', () => {
    const described = OPERATIONS.map(([name]) => name);
    // What may be asked of an address is HTTP's to describe.
    const served = routes.filter(
      (route) => / \/(api\/v1\/|livez$|readyz$)/.test(route) && !route.startsWith('OPTIONS '),
    );
    const bare = served.filter((route) => !route.startsWith('HEAD ') || described.includes(route));
    expect(served.length).toBeGreaterThan(40);
    expect(described.toSorted()).toEqual(bare.toSorted());
  });

  it('names every operation once', () => {
    const names = OPERATIONS.map(([, { operationId }]) => operationId);
    expect(new Set(names).size).toBe(names.length);
  });

  it.each(OPERATIONS)('tells all about %s', (name, operation) => {
    expect(operation.operationId).toMatch(/^[a-z]+([A-Z][a-z]+)*$/);
    expect(operation.summary).toMatch(/^[A-Z].*[^.]$/);
    expect(KEPT.tags.map((tag) => tag.name)).toContain(operation.tags[0]);
    expect(operation.tags).toHaveLength(1);
    for (const { description } of operation.parameters ?? []) expect(description).toMatch(/^\S.*\.$/);
    const inPath = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path');
    expect(inPath.map((parameter) => `{${parameter.name}}`)).toEqual(name.match(/\{\w+\}/g) ?? []);
    expect(Object.keys(operation.responses)).toContainEqual(expect.stringMatching(/^2/));
    expect(operation.responses).toHaveProperty('default');
    if (operation.security?.length) expect(operation.responses).toHaveProperty('401');
    for (const { description } of Object.values(operation.responses))
      expect(description).not.toMatch(/^Default/);
  });

  it('has problems for all refusals, and components for what comes more than once', () => {
    // That something is not well is no refusal.
    const others = OPERATIONS.filter(([name]) => !/^HEAD|readyz$/.test(name));
    const refusals = others.flatMap(([, { responses }]) =>
      Object.entries(responses).filter(([status]) => !/^[23]/.test(status)),
    );
    const problem = { schema: { $ref: '#/components/schemas/Problem' } };
    for (const [, { content }] of refusals) expect(content).toEqual({ 'application/problem+json': problem });
    expect(JSON.stringify(KEPT.paths)).not.toContain('"title"');
  });

  it('has the form of an upload', () => {
    const form = { 'multipart/form-data': { schema: expect.objectContaining({ required: ['file'] }) } };
    const uploads = OPERATIONS.filter(([, { requestBody }]) => requestBody?.content['multipart/form-data']);
    expect(uploads).toHaveLength(3);
    for (const [, { requestBody }] of uploads) expect(requestBody?.content).toEqual(form);
  });
});

test('the reference page tells of every operation and schema, without a script', async () => {
  const response = await desk.anonymous.get('/reference');
  const html = await response.text();
  expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(response.headers.get('content-security-policy')).toMatch(
    /^default-src 'none'; style-src 'sha256-[^ ;]+';/,
  );
  for (const [, { operationId }] of OPERATIONS) expect(html).toContain(`id="${operationId}"`);
  for (const name of Object.keys(KEPT.components.schemas)) expect(html).toContain(`id="schema-${name}"`);
  for (const [, target] of html.matchAll(/href="#([^"]+)"/g)) expect(html).toContain(`id="${target}"`);
  expect(html).not.toMatch(/<script|<link|src=|https?:|style="|\son[a-z]+="/);
});
