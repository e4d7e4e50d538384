import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Role } from '../../src/db/schema.ts';
import type { Person } from '../../src/helpdesk/accounts.ts';
import { Browser, PASSWORD } from '../support/browser.ts';
import { openTestDesk, type TestDesk } from '../support/desk.ts';

let desk: TestDesk;
let admin: Browser;
let root: Person;

beforeAll(async () => {
  desk = await openTestDesk();
  root = await makePerson('root', 'admin');
  admin = await signedIn(root);
});
afterAll(() => desk.close());
beforeEach(async () => {
  await desk.db.deleteFrom('auth_rate_limits').execute();
});

const makePerson = (name: string, role: Role = 'customer') =>
  desk.services.accounts.people.create({ name, email: `${name}@example.com`, role, password: PASSWORD });

async function signedIn({ email }: Person): Promise<Browser> {
  const browser = new Browser(desk.url);
  expect((await browser.signIn(email)).status).toBe(200);
  return browser;
}

const patch = (id: string, changes: object) => admin.send('PATCH', `/users/${id}`, changes);

describe('who may', () => {
  const NOBODY = '00000000-0000-7000-8000-000000000000';
  const routes: [string, string, object | undefined][] = [
    ['GET', '/users', undefined],
    ['GET', `/users/${NOBODY}`, undefined],
    ['POST', '/users', { name: 'N', email: 'n@example.com', role: 'admin' }],
    ['PATCH', `/users/${NOBODY}`, { role: 'admin' }],
    ['POST', `/users/${NOBODY}/anonymise`, undefined],
    ['POST', `/users/${NOBODY}/reset-link`, undefined],
  ];

  test('customers may none of it, agents look, nobody is nobody', async () => {
    const customer = await signedIn(await makePerson('who-customer'));
    const agent = await signedIn(await makePerson('who-agent', 'agent'));
    for (const [method, path, body] of routes) {
      const ask = async (who: Browser) => (await who.send(method, path, body)).status;
      expect([method, path, await ask(new Browser(desk.url))]).toEqual([method, path, 401]);
      expect([method, path, await ask(customer)]).toEqual([method, path, 403]);
      const asAgent = method !== 'GET' ? 403 : path === '/users' ? 200 : 404;
      expect([method, path, await ask(agent)]).toEqual([method, path, asAgent]);
    }
  });

  test('a malformed id is nobody', async () => {
    for (const id of ['x', NOBODY.toUpperCase().replace('8', 'A'), '%00']) {
      expect((await admin.get(`/users/${id}`)).status).toBe(404);
    }
  });
});

describe('the list', () => {
  beforeAll(async () => {
    for (const name of ['zoe', 'zac', 'zelda']) await makePerson(name, 'agent');
    await makePerson('zorro');
    await desk.services.accounts.people.create({
      name: '100% Z_real',
      email: 'percent@example.com',
      role: 'agent',
    });
  });
  const names = async (query: string) => {
    const { json } = await admin.get(`/users?${query}`);
    return json.data.map(({ name }: Person) => name);
  };

  test('is searched in names and addresses, in any case, and taken literally', async () => {
    expect(await names('q=ZE')).toEqual(['zelda']);
    expect(await names('q=ercent@EXAMPLE')).toEqual(['100% Z_real']);
    expect(await names(`q=${encodeURIComponent('0%')}`)).toEqual(['100% Z_real']);
    expect(await names('q=z_r')).toEqual(['100% Z_real']);
    expect(await names(`q=${encodeURIComponent('\\')}`)).toEqual([]);
  });

  test('is filtered by role', async () => {
    expect(await names('q=z&role=agent')).toEqual(['100% Z_real', 'zac', 'zelda', 'zoe']);
    expect(await names('q=z&role=customer')).toEqual(['zorro']);
  });

  test('comes in pages', async () => {
    const { json } = await admin.get('/users?q=z&role=agent&skip=1&limit=2');
    expect(json).toMatchObject({ total: 4, skip: 1, limit: 2, data: [{ name: 'zac' }, { name: 'zelda' }] });
    expect((await admin.get('/users')).json).toMatchObject({ skip: 0, limit: 20 });
  });

  test.each(['limit=0', 'limit=101', 'skip=-1', 'limit=x', 'role=owner', 'order=name', 'q='])(
    'refuses ?%s',
    async (query) => {
      const answer = await admin.get(`/users?${query}`);
      expect([answer.status, answer.json.code]).toEqual([400, 'request_invalid']);
    },
  );

  test('shows what staff need and no more', async () => {
    const { json } = await admin.get('/users?q=zelda');
    expect(json.data).toEqual([
      {
        ...{ id: expect.any(String), name: 'zelda', email: 'zelda@example.com', role: 'agent' },
        ...{ disabled_at: null, anonymised_at: null, created_at: expect.stringMatching(/^\d{4}-.*Z$/) },
      },
    ]);
    expect((await admin.get(`/users/${json.data[0].id}`)).json).toEqual(json.data[0]);
  });
});

describe('making an account', () => {
  test('with a password, for any role', async () => {
    const body = { name: 'Made', email: 'Made@Example.com', role: 'agent', password: PASSWORD };
    const answer = await admin.post('/users', body);
    expect(answer).toMatchObject({
      status: 201,
      json: { email: 'made@example.com', role: 'agent', reset_link: null },
    });
    expect(JSON.stringify(answer.json)).not.toContain(PASSWORD);
    expect((await new Browser(desk.url).signIn('made@example.com')).status).toBe(200);
    expect((await admin.post('/users', body)).json.code).toBe('email_taken');
  });

  test('without one, with a link to set it', async () => {
    const answer = await admin.post('/users', {
      name: 'Linked',
      email: 'linked@example.com',
      role: 'customer',
    });
    const { url } = answer.json.reset_link;
    expect(url).toMatch(new RegExp(`^${desk.url}/reset-password\\?token=[\\w-]{43}$`));
    expect((await new Browser(desk.url).signIn('linked@example.com')).json.code).toBe('sign_in_failed');
    const token = new URL(url).searchParams.get('token');
    const reset = { token, new_password: PASSWORD };
    expect((await new Browser(desk.url).post('/auth/reset-password', reset)).status).toBe(204);
    expect((await new Browser(desk.url).signIn('linked@example.com')).status).toBe(200);
  });

  test('a link can be had again later', async () => {
    const { id, email } = await makePerson('forgetful');
    const answer = await admin.post(`/users/${id}/reset-link`);
    expect(answer).toMatchObject({ status: 201, json: { expires_at: expect.stringMatching(/Z$/) } });
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const token = new URL(answer.json.url).searchParams.get('token');
    const reset = { token, new_password: 'another good password' };
    expect((await new Browser(desk.url).post('/auth/reset-password', reset)).status).toBe(204);
    expect((await new Browser(desk.url).signIn(email, 'another good password')).status).toBe(200);
  });

  test.each([
    [{ role: 'owner' }, 'request_invalid'],
    [{ password: 'short' }, 'password_weak'],
    [{ name: '   ' }, 'request_invalid'],
    [{ name: 'x'.repeat(201) }, 'request_invalid'],
    [{ email: 'nothing' }, 'request_invalid'],
    [{ disabled: true }, 'request_invalid'],
    [{ id: 'x' }, 'request_invalid'],
  ])('refuses %j and makes nobody', async (wrong, code) => {
    const before = (await admin.get('/users')).json.total;
    const body = { name: 'Wrong', email: 'wrong@example.com', role: 'agent', ...wrong };
    expect((await admin.post('/users', body)).json.code).toBe(code);
    expect((await admin.get('/users')).json.total).toBe(before);
  });
});

describe('changing a person', () => {
  test('a new role counts from the next request on', async () => {
    const person = await makePerson('promoted');
    const browser = await signedIn(person);
    expect((await browser.get('/users')).status).toBe(403);
    expect((await patch(person.id, { role: 'agent', name: 'Promoted' })).json).toMatchObject({
      ...{ role: 'agent', name: 'Promoted' },
    });
    expect((await browser.get('/users')).status).toBe(200);
    await patch(person.id, { role: 'customer' });
    expect((await browser.get('/users')).status).toBe(403);
  });

  test.each([{}, { role: 'owner' }, { email: 'x@example.com' }, { disabled: 'yes' }, { name: '' }])(
    'refuses %j',
    async (changes) => {
      const answer = await patch(root.id, changes);
      expect([answer.status, answer.json.code]).toEqual([400, 'request_invalid']);
    },
  );
});

describe('disabling', () => {
  test('ends sessions, tokens and links at once, and enabling brings none of them back', async () => {
    const person = await makePerson('gone');
    const browser = await signedIn(person);
    const { token } = await desk.services.accounts.tokens.create(person.id, 'script');
    const link = await desk.services.accounts.links.resetLink(person.id);
    const bearer = { authorization: `Bearer ${token}` };
    expect((await fetch(`${desk.url}/api/v1/me`, { headers: bearer })).status).toBe(200);

    expect((await patch(person.id, { disabled: true })).json.disabled_at).toMatch(/Z$/);
    const isNobody = async () => {
      expect((await browser.get('/me')).status).toBe(401);
      expect((await fetch(`${desk.url}/api/v1/me`, { headers: bearer })).status).toBe(401);
      await expect(desk.services.accounts.links.check(link.token)).rejects.toMatchObject({
        code: 'link_invalid',
      });
    };
    await isNobody();
    expect((await new Browser(desk.url).signIn(person.email)).json.code).toBe('account_disabled');
    expect((await new Browser(desk.url).signIn(person.email, 'a wrong one')).json.code).toBe(
      'sign_in_failed',
    );
    expect((await admin.post(`/users/${person.id}/reset-link`)).json.code).toBe('account_disabled');

    expect((await patch(person.id, { disabled: false })).json.disabled_at).toBe(null);
    await isNobody();
    expect((await new Browser(desk.url).signIn(person.email)).status).toBe(200);
  });

  test('a session or token that is made at that very moment dies too', async () => {
    const person = await makePerson('racing');
    await Promise.allSettled([
      new Browser(desk.url).signIn(person.email),
      ...Array.from({ length: 5 }, (_, turn) => desk.services.accounts.tokens.create(person.id, `${turn}`)),
      patch(person.id, { disabled: true }),
      ...Array.from({ length: 5 }, (_, turn) => desk.services.accounts.tokens.create(person.id, `${turn}`)),
    ]);
    await patch(person.id, { disabled: false });
    const { total } = await desk.services.accounts.tokens.list(person.id, { skip: 0, limit: 1 });
    expect(total).toBe(0);
    expect(await desk.services.accounts.sessions.list(person.id)).toEqual([]);
  });

  test('is enough by itself to be nobody', async () => {
    const person = await makePerson('only-disabled');
    const browser = await signedIn(person);
    const { token } = await desk.services.accounts.tokens.create(person.id, 'script');
    await desk.db.updateTable('users').set({ disabled_at: new Date() }).where('id', '=', person.id).execute();
    expect((await browser.get('/me')).status).toBe(401);
    const headers = { authorization: `Bearer ${token}` };
    expect((await fetch(`${desk.url}/api/v1/me`, { headers })).status).toBe(401);
  });

  test('what is changed beside it keeps who was disabled disabled', async () => {
    const person = await makePerson('still-gone');
    const { json } = await patch(person.id, { disabled: true });
    expect((await patch(person.id, { name: 'Renamed', disabled: true })).json.disabled_at).toBe(
      json.disabled_at,
    );
    expect((await patch(person.id, { role: 'agent' })).json.disabled_at).toBe(json.disabled_at);
  });
});

describe('the last administrator', () => {
  let lonely: TestDesk;
  let ids: string[];
  beforeEach(async () => {
    lonely = await openTestDesk();
    const made = ['a', 'b', 'c'].map((name) =>
      lonely.services.accounts.people.create({ name, email: `${name}@example.com`, role: 'admin' }),
    );
    ids = (await Promise.all(made)).map(({ id }) => id);
    return () => lonely.close();
  });
  const left = async () => {
    const { people } = lonely.services.accounts;
    const { data } = await people.list({ role: 'admin', skip: 0, limit: 10 });
    return data.filter(({ disabled_at }) => !disabled_at).length;
  };

  test('stays one, enabled', async () => {
    const { people } = lonely.services.accounts;
    const [a = '', b = '', c = ''] = ids;
    await people.change(a, { role: 'agent' });
    await people.change(b, { disabled: true });
    for (const changes of [{ role: 'agent' }, { role: 'customer' }, { disabled: true }] as const) {
      await expect(people.change(c, changes)).rejects.toMatchObject({ code: 'last_admin' });
    }
    await people.change(c, { role: 'admin', disabled: false, name: 'Still here' });
    await people.change(a, { disabled: true });
    expect(await left()).toBe(1);
  });

  test('remains when all go at once, each by another', async () => {
    const { people } = lonely.services.accounts;
    for (let round = 0; round < 10; round++) {
      const results = await Promise.allSettled(
        ids.map((id, turn) => people.change(id, turn % 2 ? { disabled: true } : { role: 'agent' })),
      );
      const refused = results.filter(({ status }) => status === 'rejected');
      expect(refused).toEqual([
        { status: 'rejected', reason: expect.objectContaining({ code: 'last_admin' }) },
      ]);
      expect(await left()).toBe(1);
      for (const id of ids) await people.change(id, { role: 'admin', disabled: false });
    }
  });
});

describe('anonymising', () => {
  test('takes from a disabled person all that says who they are, for good', async () => {
    const person = await makePerson('forgotten');
    await desk.services.accounts.tokens.create(person.id, "Forgotten's laptop");
    expect((await admin.post(`/users/${person.id}/anonymise`)).json.code).toBe('user_enabled');
    await patch(person.id, { disabled: true });

    const answer = await admin.post(`/users/${person.id}/anonymise`);
    expect(answer).toMatchObject({
      status: 200,
      json: { id: person.id, name: 'Anonymised person', email: `${person.id}@anonymised.invalid` },
    });
    expect(answer.json.anonymised_at).toMatch(/Z$/);
    for (const table of ['sessions', 'accounts', 'api_tokens', 'one_time_links'] as const) {
      expect(await desk.db.selectFrom(table).selectAll().where('user_id', '=', person.id).execute()).toEqual(
        [],
      );
    }
    expect((await admin.get('/users?q=forgotten')).json.total).toBe(0);

    expect((await admin.post(`/users/${person.id}/anonymise`)).json).toEqual(answer.json);
    for (const changes of [{ disabled: false }, { name: 'Somebody' }, { role: 'agent' }]) {
      expect((await patch(person.id, changes)).json.code).toBe('user_anonymised');
    }
    expect((await new Browser(desk.url).signIn(answer.json.email)).json.code).toBe('sign_in_failed');
  });

  test('leaves the address free for a new account', async () => {
    const person = await makePerson('again');
    await patch(person.id, { disabled: true });
    await admin.post(`/users/${person.id}/anonymise`);
    expect((await makePerson('again')).id).not.toBe(person.id);
  });
});
