import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Browser, PASSWORD } from '../support/browser.ts';
import { openTestDesk, type TestDesk } from '../support/desk.ts';

const ROOT = { name: 'Root', email: 'root@example.com', password: PASSWORD };

describe('a link to set a password', () => {
  let desk: TestDesk;
  let userId: string;
  beforeAll(async () => {
    desk = await openTestDesk();
    const { id } = await desk.services.accounts.people.create({ ...ROOT, role: 'admin' });
    userId = id;
  });
  afterAll(() => desk.close());
  beforeEach(async () => {
    await desk.db.deleteFrom('auth_rate_limits').execute();
  });

  const newLink = () => desk.services.accounts.links.resetLink(userId);
  const reset = async (token: string, new_password: string) =>
    (await new Browser(desk.url).post('/auth/reset-password', { token, new_password })).json?.code ?? 'done';

  test('works once, and ends the sessions there are', async () => {
    const browser = new Browser(desk.url);
    await browser.signIn(ROOT.email);
    const { token } = await newLink();
    expect(await reset(token, 'another good password')).toBe('done');
    expect((await browser.get('/me')).status).toBe(401);
    expect((await browser.signIn(ROOT.email, 'another good password')).status).toBe(200);
    expect(await reset(token, 'and yet another one')).toBe('link_invalid');
  });

  test('of many who use it at once, one does', async () => {
    const { token } = await newLink();
    const results = await Promise.all(
      ['one', 'two', 'three', 'four'].map((who) => reset(token, `password ${who}`)),
    );
    expect(results.toSorted()).toEqual(['done', 'link_invalid', 'link_invalid', 'link_invalid']);
    const winner = ['one', 'two', 'three', 'four'][results.indexOf('done')];
    expect((await new Browser(desk.url).signIn(ROOT.email, `password ${winner}`)).status).toBe(200);
  });

  test('is not used up by a password that will not do', async () => {
    const { token } = await newLink();
    expect(await reset(token, 'short')).toBe('password_weak');
    expect(await reset(token, PASSWORD)).toBe('done');
  });

  test('ends after a day, or when there is a newer one', async () => {
    const old = await newLink();
    expect(Number(old.expires_at) - Date.now()).toBeGreaterThan(23.9 * 3_600_000);
    expect(Number(old.expires_at) - Date.now()).toBeLessThan(24.1 * 3_600_000);
    const { token } = await newLink();
    expect(await reset(old.token, PASSWORD)).toBe('link_invalid');
    await desk.db
      .updateTable('one_time_links')
      .set({ expires_at: new Date(Date.now() - 1) })
      .execute();
    expect(await reset(token, PASSWORD)).toBe('link_invalid');
  });

  test('is kept as a hash', async () => {
    const { token } = await newLink();
    const rows = JSON.stringify(await desk.db.selectFrom('one_time_links').selectAll().execute());
    expect(rows).not.toContain(token.slice(0, 20));
  });

  test('is asked whether it works as often as one likes', async () => {
    const ask = async (token: string, purpose = 'reset_password') =>
      (await new Browser(desk.url).post('/links/check', { purpose, token })).status;
    const { token } = await newLink();
    expect([await ask(token), await ask(token), await ask(token, 'set_up'), await ask('x')]).toEqual([
      ...[204, 204, 400, 400],
    ]);
    await reset(token, PASSWORD);
    expect(await ask(token)).toBe(400);
  });

  test('sets up nothing', async () => {
    const { token } = await newLink();
    const answer = await new Browser(desk.url).post('/setup', { ...ROOT, email: 'x@example.com', token });
    expect(answer).toMatchObject({ status: 400, json: { code: 'link_invalid' } });
  });
});

describe('the set-up link', () => {
  let desk: TestDesk;
  beforeAll(async () => {
    desk = await openTestDesk();
  });
  afterAll(() => desk.close());
  beforeEach(() => emptyOf(desk));
  const prepare = async () => (await desk.services.accounts.firstAdmin.prepare())?.token ?? '';
  const setUp = (token: string, more = {}) =>
    new Browser(desk.url).post('/setup', { ...ROOT, ...more, token });

  test('makes the first administrator, who can sign in', async () => {
    const answer = await setUp(await prepare());
    expect(answer).toMatchObject({ status: 201, json: { name: 'Root', email: ROOT.email, role: 'admin' } });
    const browser = new Browser(desk.url);
    expect((await browser.signIn(ROOT.email)).status).toBe(200);
    expect((await browser.get('/users')).status).toBe(200);
  });

  test('is there only while there is no account', async () => {
    const token = await prepare();
    await desk.services.accounts.people.create({ name: 'Ada', email: 'ada@example.com', role: 'customer' });
    expect((await setUp(token)).json.code).toBe('link_invalid');
    expect(await desk.services.accounts.firstAdmin.prepare()).toBe(undefined);
  });

  test('of many at once, by one link or by those of several instances, one makes the account', async () => {
    const tokens = [await prepare(), await prepare()];
    const ask = (turn: number) => setUp(tokens[turn % 2] ?? '', { email: `root-${turn}@example.com` });
    const asked: ReturnType<typeof ask>[] = [];
    await desk.db.transaction().execute(async (trx) => {
      // Nobody gets past here before all have got as far as they can.
      await sql`LOCK TABLE users IN SHARE ROW EXCLUSIVE MODE`.execute(trx);
      asked.push(...Array.from({ length: 6 }, (_, turn) => ask(turn)));
      await untilWaiting(6);
    });
    const statuses = (await Promise.all(asked)).map(({ status }) => status);
    expect(statuses.sort()).toEqual([201, 400, 400, 400, 400, 400]);
    expect(await desk.db.selectFrom('users').select('role').execute()).toEqual([{ role: 'admin' }]);
    expect(await desk.db.selectFrom('one_time_links').selectAll().execute()).toEqual([]);
  });

  async function untilWaiting(count: number): Promise<void> {
    const { rows } = await sql<{ waiting: number }>`
      SELECT count(*) AS waiting FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock'`.execute(desk.db);
    if (rows[0]?.waiting !== count) await untilWaiting(count);
  }

  test('is not used up by a mistake', async () => {
    const token = await prepare();
    expect((await setUp(token, { password: 'short' })).json.code).toBe('password_weak');
    expect((await setUp(token, { email: 'nothing' })).json.code).toBe('request_invalid');
    expect((await setUp(token, { role: 'admin' })).json.code).toBe('request_invalid');
    expect((await setUp('wrong')).json.code).toBe('link_invalid');
    expect((await setUp(token)).status).toBe(201);
  });
});

describe('the first administrator of the configuration', () => {
  test('is made once, by however many instances start at once', async () => {
    const desk = await openTestDesk({ config: { admin: { email: 'Root@Example.com', password: PASSWORD } } });
    const { firstAdmin } = desk.services.accounts;
    expect(await Promise.all([firstAdmin.prepare(), firstAdmin.prepare(), firstAdmin.prepare()])).toEqual([
      ...[undefined, undefined, undefined],
    ]);
    expect(await desk.db.selectFrom('users').select(['email', 'role']).execute()).toEqual([
      { email: 'root@example.com', role: 'admin' },
    ]);
    expect((await new Browser(desk.url).signIn('root@example.com')).status).toBe(200);
    await desk.close();
  });

  test('is refused with a weak password', async () => {
    const desk = await openTestDesk({ config: { admin: { email: 'root@example.com', password: 'short' } } });
    await expect(desk.services.accounts.firstAdmin.prepare()).rejects.toMatchObject({
      code: 'password_weak',
    });
    await desk.close();
  });
});

/** Nobody has an account, nobody has a link, nobody tried anything. */
async function emptyOf({ db }: TestDesk): Promise<void> {
  await db.deleteFrom('users').execute();
  await db.deleteFrom('one_time_links').execute();
  await db.deleteFrom('auth_rate_limits').execute();
}
