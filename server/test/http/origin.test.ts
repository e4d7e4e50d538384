import { request } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Browser, PASSWORD } from '../support/browser.ts';
import { openTestDesk, type TestDesk } from '../support/desk.ts';

type Headers = Record<string, string>;

let plain: TestDesk;
let published: TestDesk;
let proxied: TestDesk;

beforeAll(async () => {
  plain = await openTestDesk();
  published = await openTestDesk({ config: { publicUrl: 'https://help.example.com/desk' } });
  proxied = await openTestDesk({ config: { trustProxy: ['127.0.0.1'] } });
  for (const { services } of [plain, published, proxied]) {
    await services.accounts.people.create({
      ...{ name: 'Ada', email: 'ada@example.com', role: 'admin', password: PASSWORD },
    });
  }
});
afterAll(() => Promise.all([plain.close(), published.close(), proxied.close()]));

/** Sends exactly these headers: `fetch` keeps some to itself. */
function send(desk: TestDesk, method: string, path: string, headers: Headers, body?: object) {
  const { promise, resolve, reject } = Promise.withResolvers<{
    status: number;
    code: string;
    cookies: string;
  }>();
  const sent = request(
    `${desk.url}/api/v1${path}`,
    { method, headers: { ...json(body), ...headers } },
    (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk) => chunks.push(chunk));
      answer.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        const { code = '' } = text ? JSON.parse(text) : {};
        resolve({
          status: answer.statusCode ?? 0,
          code,
          cookies: (answer.headers['set-cookie'] ?? []).join('\n'),
        });
      });
    },
  );
  sent.on('error', reject);
  sent.end(body && JSON.stringify(body));
  return promise;
}
const json = (body?: object): Headers => (body ? { 'content-type': 'application/json' } : {});

/** A header with the cookie of a fresh session. */
async function cookieOf(desk: TestDesk, headers: Headers = {}): Promise<Headers> {
  const { cookies } = await send(desk, 'POST', '/auth/sign-in/email', headers, {
    email: 'ada@example.com',
    password: PASSWORD,
  });
  return { cookie: cookies.split(';')[0] ?? '' };
}

const rename = (desk: TestDesk, headers: Headers) =>
  send(desk, 'POST', '/auth/update-user', headers, { name: 'Ada' });

test.each<[string, (own: string) => Headers, number]>([
  ['our own origin', (own) => ({ origin: own }), 200],
  ['no origin, but the browser says it is ours', () => ({ 'sec-fetch-site': 'same-origin' }), 200],
  ['no origin', () => ({}), 403],
  ['no origin, same site only', () => ({ 'sec-fetch-site': 'same-site' }), 403],
  ['no origin, typed in', () => ({ 'sec-fetch-site': 'none' }), 403],
  ['another site', () => ({ origin: 'https://evil.example' }), 403],
  [
    'another site that claims to be ours',
    () => ({ origin: 'https://evil.example', 'sec-fetch-site': 'same-origin' }),
    403,
  ],
  ['another port', () => ({ origin: 'http://127.0.0.1:1' }), 403],
  ['another scheme', (own) => ({ origin: own.replace('http:', 'https:') }), 403],
  ['a name that begins like ours', (own) => ({ origin: `${own}.evil.example` }), 403],
  ['an opaque origin', () => ({ origin: 'null' }), 403],
  ['an empty origin', () => ({ origin: '' }), 403],
])('a write by cookie from %s', async (_, headers, status) => {
  const answer = await rename(plain, { ...(await cookieOf(plain)), ...headers(plain.url) });
  expect(answer.status).toBe(status);
  if (status === 403) expect(answer.code).toBe('origin_not_allowed');
});

test.each(['POST', 'PATCH', 'PUT', 'DELETE'])('%s is a write', async (method) => {
  const cookie = await cookieOf(plain);
  const path = method === 'PATCH' ? '/users/x' : method === 'DELETE' ? '/tokens/x' : '/auth/sign-out';
  const answer = await send(plain, method, path, { ...cookie, origin: 'https://evil.example' });
  // A method that no route has gets as far as no route.
  expect(answer.status).toBe(method === 'PUT' ? 404 : 403);
});

test('reading by cookie needs no origin, and a foreign one does not matter', async () => {
  const cookie = await cookieOf(plain);
  for (const headers of [{}, { origin: 'https://evil.example' }]) {
    expect((await send(plain, 'GET', '/me', { ...cookie, ...headers })).status).toBe(200);
  }
});

test('an API token needs no origin, whatever the cookie beside it', async () => {
  const ada = await plain.services.accounts.people.byEmail('ada@example.com');
  const { token } = await plain.services.accounts.tokens.create(ada.id, 'script');
  const authorization = `Bearer ${token}`;
  const change = (headers: Headers) => send(plain, 'PATCH', `/users/${ada.id}`, headers, { name: 'Ada' });
  expect((await change({ authorization })).status).toBe(200);
  expect((await change({ authorization, origin: 'https://evil.example' })).status).toBe(200);
  expect((await change({ authorization, ...(await cookieOf(plain)) })).status).toBe(200);
});

test('a cookie does not make up for a wrong token', async () => {
  const headers = { ...(await cookieOf(plain)), origin: plain.url, authorization: 'Bearer dkt_wrong' };
  expect(await rename(plain, headers)).toMatchObject({ status: 401, code: 'not_signed_in' });
});

test("a proxy's own Basic authorization leaves the cookie its say", async () => {
  const headers = { ...(await cookieOf(plain)), origin: plain.url, authorization: 'Basic YTpi' };
  expect((await rename(plain, headers)).status).toBe(200);
});

test.each(['/auth/sign-in/email', '/auth/sign-up/email', '/auth/reset-password', '/setup'])(
  'another site cannot have a browser post to %s',
  async (path) => {
    const body = { email: 'ada@example.com', password: PASSWORD };
    const foreign = await send(plain, 'POST', path, { origin: 'https://evil.example' }, body);
    expect([foreign.status, foreign.code, foreign.cookies]).toEqual([403, 'origin_not_allowed', '']);
    const none = await send(plain, 'POST', path, {}, body);
    expect(none.code).not.toBe('origin_not_allowed');
  },
);

test('the public address decides, not the Host of the request', async () => {
  const cookie = await cookieOf(published);
  expect(cookie.cookie).toMatch(/^__Secure-docket\.session_token=/);
  expect((await rename(published, { ...cookie, origin: 'https://help.example.com' })).status).toBe(200);
  expect((await rename(published, { ...cookie, origin: published.url })).status).toBe(403);
  const host = { host: 'evil.example', origin: 'http://evil.example' };
  expect((await rename(published, { ...cookie, ...host })).status).toBe(403);
});

test('over https only a secure cookie counts', async () => {
  const { cookie = '' } = await cookieOf(published);
  const unsecured = { cookie: cookie.replace('__Secure-', '') };
  expect((await send(published, 'GET', '/me', { cookie })).status).toBe(200);
  expect((await send(published, 'GET', '/me', unsecured)).status).toBe(401);
});

test('behind a trusted proxy its word on scheme, host and address counts', async () => {
  const forwarded = {
    'x-forwarded-proto': 'https',
    'x-forwarded-host': 'help.example.com',
    'x-forwarded-for': '203.0.113.9',
  };
  const cookie = await cookieOf(proxied, forwarded);
  expect(cookie.cookie).toMatch(/^__Secure-/);
  const origin = 'https://help.example.com';
  expect((await rename(proxied, { ...cookie, ...forwarded, origin })).status).toBe(200);
  expect((await rename(proxied, { ...cookie, ...forwarded, origin: proxied.url })).status).toBe(403);
  expect(await newestAddress(proxied)).toBe('203.0.113.9');
});

test('without one, forwarding headers are only words', async () => {
  const forwarded = {
    'x-forwarded-proto': 'https',
    'x-forwarded-host': 'evil.example',
    'x-forwarded-for': '203.0.113.9',
    'x-docket-address': '203.0.113.9',
  };
  const cookie = await cookieOf(plain, forwarded);
  expect(cookie.cookie).toMatch(/^docket\.session_token=/);
  expect((await rename(plain, { ...cookie, ...forwarded, origin: 'https://evil.example' })).status).toBe(403);
  expect((await rename(plain, { ...cookie, ...forwarded, origin: plain.url })).status).toBe(200);
  expect(await newestAddress(plain)).toBe('127.0.0.1');
});

test('a browser at our address is served', async () => {
  const ada = new Browser(plain.url);
  expect((await ada.signIn('ada@example.com')).status).toBe(200);
  expect((await ada.post('/auth/update-user', { name: 'Ada' })).status).toBe(200);
});

async function newestAddress(desk: TestDesk) {
  const { ip_address } = await desk.db
    .selectFrom('sessions')
    .select('ip_address')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow();
  return ip_address;
}
