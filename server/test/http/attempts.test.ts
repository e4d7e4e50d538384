import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { Browser, PASSWORD } from '../support/browser.ts';
import { openTestDesk, type TestDesk } from '../support/desk.ts';

let desk: TestDesk;

beforeAll(async () => {
  desk = await openTestDesk({ config: { trustProxy: true } });
  for (const name of ['ada', 'bob']) await makePerson(name);
});
afterAll(() => desk.close());
beforeEach(async () => {
  await desk.db.deleteFrom('auth_rate_limits').execute();
});

const makePerson = (name: string) =>
  desk.services.accounts.people.create({
    ...{ name, email: `${name}@example.com`, role: 'admin', password: PASSWORD },
  });

const signIn = (email: string, password: string, address: string) =>
  new Browser(desk.url).signIn(email, password, { 'x-forwarded-for': address });

/** Lets this many seconds pass for the counters. */
const later = (seconds: number) =>
  desk.db
    .updateTable('auth_rate_limits')
    .set((row) => ({ last_request: row('last_request', '-', seconds * 1000) }))
    .execute();

/** Makes what was counted once as if it had come this often: each real one hashes a password. */
const timesSoFar = (kind: string, count: number) =>
  desk.db.updateTable('auth_rate_limits').set({ count }).where('key', 'like', `${kind}:%`).execute();

test('many addresses together cannot guess one account, and its owner waits with them', async () => {
  expect((await signIn('ada@example.com', 'a wrong one', '203.0.113.1')).status).toBe(401);
  await timesSoFar('sign-in:account', 9);
  expect((await signIn('ada@example.com', 'a wrong one', '203.0.113.2')).status).toBe(401);
  const eleventh = await signIn('ADA@example.com', PASSWORD, '198.51.100.1');
  expect(eleventh).toMatchObject({ status: 429, json: { code: 'sign_in_rate_exceeded' } });
  const wait = Number(eleventh.headers.get('retry-after'));
  expect(wait).toBeGreaterThan(290);
  expect(wait).toBeLessThanOrEqual(300);
  expect((await signIn('bob@example.com', PASSWORD, '198.51.100.1')).status).toBe(200);

  await later(wait);
  expect((await signIn('ada@example.com', PASSWORD, '198.51.100.1')).status).toBe(200);
});

test('an address that does not exist is held up in the same way', async () => {
  expect((await signIn('nobody@example.com', 'a wrong one', '203.0.113.1')).status).toBe(401);
  await timesSoFar('sign-in:account', 10);
  expect((await signIn('nobody@example.com', 'a wrong one', '203.0.113.2')).status).toBe(429);
});

test('guesses at the same time count each', async () => {
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, turn) => signIn('ada@example.com', 'a wrong one', `203.0.113.${turn}`)),
  );
  const statuses = answers.map(({ status }) => status);
  expect(statuses.filter((status) => status === 401)).toHaveLength(10);
  expect(statuses.filter((status) => status === 429)).toHaveLength(10);
});

test('a good sign-in clears the account and does not count for the address', async () => {
  expect((await signIn('ada@example.com', 'a wrong one', '198.51.100.1')).status).toBe(401);
  await timesSoFar('sign-in:account', 9);
  await timesSoFar('sign-in:network', 29);
  for (let turn = 0; turn < 3; turn++) {
    expect((await signIn('ada@example.com', PASSWORD, '198.51.100.1')).status).toBe(200);
  }
  const left = await desk.db.selectFrom('auth_rate_limits').select(['key', 'count']).execute();
  expect(left).toEqual([{ key: 'sign-in:network:198.51.100.1', count: 29 }]);
});

test('one address cannot try many accounts, nor one network of IPv6', async () => {
  expect((await signIn('nobody-1@example.com', 'a wrong one', '2001:db8:1:2::1')).status).toBe(401);
  await timesSoFar('sign-in:network', 29);
  expect((await signIn('nobody-2@example.com', 'a wrong one', '2001:db8:1:2:3::1')).status).toBe(401);
  expect((await signIn('ada@example.com', PASSWORD, '2001:db8:1:2:ffff::')).status).toBe(429);
  expect((await signIn('ada@example.com', PASSWORD, '2001:db8:1:3::1')).status).toBe(200);
  await later(300);
  expect((await signIn('ada@example.com', PASSWORD, '2001:db8:1:2:ffff::')).status).toBe(200);
});

test('whoever took over a session cannot guess its password', async () => {
  const ada = new Browser(desk.url);
  await ada.signIn('ada@example.com');
  const change = (current_password: string) =>
    ada.post('/auth/change-password', { current_password, new_password: 'another good password' });
  expect((await change('a wrong one')).status).toBe(401);
  await timesSoFar('change-password', 10);
  expect((await change(PASSWORD)).status).toBe(429);
});

test('one address cannot make accounts without end', async () => {
  const signUp = (turn: number, address: string) =>
    new Browser(desk.url).post(
      '/auth/sign-up/email',
      { name: 'Eve', email: `eve-${turn}@example.com`, password: PASSWORD },
      { 'x-forwarded-for': address },
    );
  expect((await signUp(1, '203.0.113.1')).status).toBe(201);
  await timesSoFar('sign-up', 20);
  expect((await signUp(2, '203.0.113.1')).json.code).toBe('sign_in_rate_exceeded');
  expect((await signUp(2, '203.0.113.2')).status).toBe(201);
});

test('what is over is forgotten, and no e-mail address is kept', async () => {
  await signIn('nobody@example.com', 'a wrong one', '203.0.113.1');
  const before = await desk.db.selectFrom('auth_rate_limits').select('key').execute();
  expect(before).toHaveLength(2);
  expect(JSON.stringify(before)).not.toContain('nobody');
  await later(3601);
  await signIn('bob@example.com', PASSWORD, '203.0.113.2');
  const after = await desk.db.selectFrom('auth_rate_limits').select('key').execute();
  expect(after.map(({ key }) => key)).toEqual(['sign-in:network:203.0.113.2']);
});
