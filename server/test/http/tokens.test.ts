import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Person } from '../../src/helpdesk/accounts.ts';
import { answerOf, Browser, PASSWORD } from '../support/browser.ts';
import { openTestDesk, type TestDesk } from '../support/desk.ts';

let desk: TestDesk;
let ada: Browser;
let person: Person;

beforeAll(async () => {
  desk = await openTestDesk();
  person = await desk.services.accounts.people.create({
    ...{ name: 'Ada', email: 'ada@example.com', role: 'agent', password: PASSWORD },
  });
  ada = new Browser(desk.url);
  await ada.signIn('ada@example.com');
});
afterAll(() => desk.close());

const bearing = async (token: string, method = 'GET', path = '/me', body?: object) =>
  answerOf(
    await fetch(`${desk.url}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    }),
  );

test('a token is shown once, kept as a hash, and works until it is revoked', async () => {
  const made = await ada.post('/tokens', { name: 'backup script' });
  expect(made.status).toBe(201);
  expect(made.headers.get('cache-control')).toBe('no-store');
  const { id, token } = made.json;
  expect(token).toMatch(/^dkt_[\w-]{43}$/);
  expect((await bearing(token)).json).toMatchObject({ id: person.id, role: 'agent' });

  const rows = JSON.stringify(await desk.db.selectFrom('api_tokens').selectAll().execute());
  expect(rows).not.toContain(token.slice(4, 20));
  const { json } = await ada.get('/tokens');
  expect(json).toMatchObject({ total: 1, skip: 0, limit: 20, data: [{ id, name: 'backup script' }] });
  expect(Object.keys(json.data[0]).sort()).toEqual(['created_at', 'id', 'last_used_at', 'name']);

  expect((await ada.send('DELETE', `/tokens/${id}`)).status).toBe(204);
  expect((await bearing(token)).json.code).toBe('not_signed_in');
  expect((await ada.get('/tokens')).json.total).toBe(0);
  expect((await ada.send('DELETE', `/tokens/${id}`)).json.code).toBe('token_not_found');
});

test("somebody else's token is not there", async () => {
  const { id: other } = await desk.services.accounts.people.create({
    ...{ name: 'Bob', email: 'bob@example.com', role: 'admin' },
  });
  const { id, token } = await desk.services.accounts.tokens.create(other, 'theirs');
  expect((await ada.get('/tokens')).json.data).not.toContainEqual(expect.objectContaining({ id }));
  expect((await ada.send('DELETE', `/tokens/${id}`)).status).toBe(404);
  expect((await bearing(token)).status).toBe(200);
});

test('its use is written down once a minute', async () => {
  const { id, token } = await desk.services.accounts.tokens.create(person.id, 'busy');
  const lastUsed = async () => {
    const { json } = await ada.get('/tokens');
    return json.data.find((each: { id: string }) => each.id === id).last_used_at;
  };
  expect(await lastUsed()).toBe(null);
  await bearing(token);
  const first = await lastUsed();
  expect(Date.now() - Date.parse(first)).toBeLessThan(60_000);
  await bearing(token);
  expect(await lastUsed()).toBe(first);
  const longAgo = new Date(Date.now() - 61_000);
  await desk.db.updateTable('api_tokens').set({ last_used_at: longAgo }).where('id', '=', id).execute();
  await bearing(token);
  expect(Date.parse(await lastUsed())).toBeGreaterThan(Number(longAgo));
});

test.each(['', 'dkt_', 'dkt_wrong', 'wrong', 'null'])('%j is nobody', async (token) => {
  expect((await bearing(token)).status).toBe(401);
});

test('the scheme is written in any case', async () => {
  const { token } = await desk.services.accounts.tokens.create(person.id, 'shouting');
  const response = await fetch(`${desk.url}/api/v1/me`, { headers: { authorization: `BEARER ${token}` } });
  expect(response.status).toBe(200);
});

test('a token makes no tokens and touches neither password nor sessions', async () => {
  const { token } = await desk.services.accounts.tokens.create(person.id, 'limited');
  const change = { current_password: PASSWORD, new_password: 'another good password' };
  for (const [method, path, body] of [
    ['POST', '/tokens', { name: 'offspring' }],
    ['POST', '/auth/change-password', change],
    ['POST', '/auth/update-user', { name: 'X' }],
    ['GET', '/auth/list-sessions', undefined],
    ['POST', '/auth/revoke-other-sessions', undefined],
    ['GET', '/auth/get-session', undefined],
    ['POST', '/auth/sign-out', undefined],
  ] as const) {
    const answer = await bearing(token, method, path, body);
    expect([path, answer.status, answer.json.code]).toEqual([path, 403, 'session_needed']);
  }
});

test('the list comes in pages, newest first', async () => {
  const { id } = await desk.services.accounts.people.create({
    ...{ name: 'Eve', email: 'eve@example.com', role: 'customer', password: PASSWORD },
  });
  const eve = new Browser(desk.url);
  await eve.signIn('eve@example.com');
  for (const name of ['one', 'two', 'three']) await desk.services.accounts.tokens.create(id, name);
  const { json } = await eve.get('/tokens?skip=1&limit=1');
  expect(json).toMatchObject({ total: 3, skip: 1, limit: 1, data: [{ name: 'two' }] });
});

test.each([{}, { name: '' }, { name: 'x', token: 'mine' }, { name: 'x'.repeat(201) }])(
  'refuses %j',
  async (body) => {
    expect((await ada.post('/tokens', body)).json.code).toBe('request_invalid');
  },
);
