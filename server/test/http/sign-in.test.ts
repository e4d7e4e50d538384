import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Browser, PASSWORD } from '../support/browser.ts';
import { openTestDesk, type TestDesk } from '../support/desk.ts';

let desk: TestDesk;

beforeAll(async () => {
  desk = await openTestDesk();
  await makePerson('root@example.com', 'admin');
});
afterAll(() => desk.close());
beforeEach(async () => {
  await desk.db.deleteFrom('auth_rate_limits').execute();
});

const browser = () => new Browser(desk.url);

function makePerson(email: string, role: 'customer' | 'agent' | 'admin' = 'customer') {
  return desk.services.accounts.people.create({ name: 'Somebody', email, role, password: PASSWORD });
}

describe('signing up', () => {
  test('makes a customer, signs them in and keeps the address in lower case', async () => {
    const ada = browser();
    const answer = await ada.post('/auth/sign-up/email', {
      name: 'Ada Lovelace',
      email: 'Ada@Example.COM',
      password: PASSWORD,
    });
    expect(answer.status).toBe(201);
    expect(answer.json.user).toMatchObject({
      name: 'Ada Lovelace',
      email: 'ada@example.com',
      role: 'customer',
    });
    expect((await ada.get('/me')).json).toEqual(answer.json.user);
  });

  test('says when the address is taken, in any case', async () => {
    const again = { name: 'Root', email: 'ROOT@example.com', password: PASSWORD };
    const answer = await browser().post('/auth/sign-up/email', again);
    expect([answer.status, answer.json.code]).toEqual([409, 'email_taken']);
  });

  test('of two at once with one address, one gets it', async () => {
    const twin = { name: 'Twin', email: 'twin@example.com', password: PASSWORD };
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => browser().post('/auth/sign-up/email', twin)),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409]);
  });

  test.each(['role', 'disabled_at', 'disabledAt', 'email_verified', 'emailVerified', 'id', 'image'])(
    'takes no %s from outside',
    async (field) => {
      const email = `${field}@example.com`.toLowerCase();
      const body = { name: 'Eve', email, password: PASSWORD, [field]: 'admin' };
      const answer = await browser().post('/auth/sign-up/email', body);
      expect([answer.status, answer.json.code]).toEqual([400, 'request_invalid']);
      expect(await desk.services.accounts.people.byEmail(email).catch(({ code }) => code)).toBe(
        'user_not_found',
      );
    },
  );

  test.each([
    ['short', 'password_weak'],
    ['x'.repeat(129), 'password_weak'],
  ])('refuses the password %j', async (password, code) => {
    const answer = await browser().post('/auth/sign-up/email', {
      name: 'Eve',
      email: 'weak@example.com',
      password,
    });
    expect(answer).toMatchObject({
      status: 400,
      json: { code, limit: '10 to 128', actual: password.length },
    });
  });

  test.each(['eve', 'eve@localhost', 'eve@', 'a@b.c', 'a b@example.com', '.eve@example.com'])(
    'refuses the address %j',
    async (email) => {
      const answer = await browser().post('/auth/sign-up/email', { name: 'Eve', email, password: PASSWORD });
      expect([answer.status, answer.json.code]).toEqual([400, 'request_invalid']);
    },
  );

  test('is refused where the operator closed it, and on a desk that is not set up', async () => {
    const closed = await openTestDesk({ config: { signUp: 'closed' } });
    const empty = await openTestDesk();
    await closed.services.accounts.people.create({ name: 'A', email: 'a@example.com', role: 'admin' });
    for (const { url } of [closed, empty]) {
      const ada = { name: 'Ada', email: 'ada@example.com', password: PASSWORD };
      const answer = await new Browser(url).post('/auth/sign-up/email', ada);
      expect([answer.status, answer.json.code]).toEqual([403, 'sign_up_closed']);
    }
    await Promise.all([closed.close(), empty.close()]);
  });
});

describe('signing in and out', () => {
  test('opens a session by cookie and ends it', async () => {
    await makePerson('in.and.out@example.com');
    const person = browser();
    const answer = await person.signIn('In.And.Out@example.com');
    expect(answer.status).toBe(200);
    expect(answer.json).toEqual({ user: (await person.get('/me')).json });
    const cookie = answer.headers.getSetCookie().join();
    expect(cookie).toMatch(/^docket\.session_token=[^;]+;.*HttpOnly/i);
    expect(cookie).toMatch(/SameSite=Lax/i);
    expect(cookie).not.toMatch(/Secure/i);

    const stolen = person.cookieHeader;
    expect((await person.post('/auth/sign-out')).status).toBe(204);
    expect(person.cookies.size).toBe(0);
    expect((await person.get('/me', { cookie: stolen })).json.code).toBe('not_signed_in');
  });

  test('the token of a session is in its cookie and in no answer', async () => {
    const { email } = await makePerson('no.leak@example.com');
    const person = browser();
    const answers = [
      await person.signIn(email),
      await person.get('/auth/get-session'),
      await person.get('/auth/list-sessions'),
    ];
    const { token } = await desk.db
      .selectFrom('sessions')
      .innerJoin('users', 'users.id', 'sessions.user_id')
      .select('token')
      .where('email', '=', email)
      .executeTakeFirstOrThrow();
    for (const { status, json } of answers) {
      expect(status).toBe(200);
      expect(JSON.stringify(json)).not.toContain(token);
    }
  });

  test('a cookie whose signature is wrong, missing or of another session is nobody', async () => {
    await makePerson('forged@example.com');
    const person = browser();
    await person.signIn('forged@example.com');
    const [token, signature] = decodeURIComponent(person.cookies.get('docket.session_token') ?? '').split(
      '.',
    );
    for (const value of [
      `${token}`,
      `${token}.`,
      `${token}.AAAA`,
      `x${token}.${signature}`,
      `.${signature}`,
    ]) {
      const cookie = `docket.session_token=${encodeURIComponent(value)}`;
      expect((await browser().get('/me', { cookie })).status).toBe(401);
    }
    expect((await person.get('/me')).status).toBe(200);
  });

  test('a session ends with its time; asking for it keeps it', async () => {
    const { id } = await makePerson('time@example.com');
    const person = browser();
    await person.signIn('time@example.com');
    const expires = (inDays: number) =>
      desk.db
        .updateTable('sessions')
        .set({ expires_at: new Date(Date.now() + inDays * 86_400_000) })
        .where('user_id', '=', id)
        .execute();
    await expires(3);
    expect((await person.get('/auth/get-session')).json.user.id).toBe(id);
    const [session] = await desk.services.accounts.sessions.list(id);
    expect(Number(session?.expires_at) - Date.now()).toBeGreaterThan(6.9 * 86_400_000);

    await expires(-0.001);
    expect((await person.get('/me')).status).toBe(401);
    expect((await person.get('/auth/get-session')).status).toBe(401);
  });

  test('answers alike, and about as fast, to a wrong password and to an unknown address', async () => {
    await makePerson('known@example.com');
    const asked = { wrong: [] as number[], unknown: [] as number[] };
    const answers = new Set<string>();
    for (let round = 0; round < 6; round++) {
      await desk.db.deleteFrom('auth_rate_limits').execute();
      for (const [kind, email] of [
        ['wrong', 'known@example.com'],
        ['unknown', 'nobody@example.com'],
      ] as const) {
        const start = performance.now();
        const { status, json } = await browser().signIn(email, 'not the password');
        asked[kind].push(performance.now() - start);
        answers.add(`${status} ${JSON.stringify(json)}`);
      }
    }
    expect([...answers]).toHaveLength(1);
    expect([...answers][0]).toMatch(/^401 .*sign_in_failed/);
    const ratio = Math.min(...asked.wrong) / Math.min(...asked.unknown);
    expect(ratio).toBeGreaterThan(0.5);
    expect(ratio).toBeLessThan(2);
  });

  test.each(['x'.repeat(200), '\u0000'])('a password like %j is only a wrong one', async (password) => {
    const { status, json } = await browser().signIn('root@example.com', password);
    expect([status, json.code]).toEqual([401, 'sign_in_failed']);
  });

  test('a refused one is in the log with its address, and without what was typed', async () => {
    await browser().signIn('root@example.com', 'a wrong one');
    expect(desk.log.at(-1)).toMatchObject({
      msg: 'a sign-in was refused',
      address: '127.0.0.1',
      code: 'sign_in_failed',
    });
    expect(JSON.stringify(desk.log)).not.toMatch(/root@example|a wrong one/);
  });

  test('sessions whose time is over are swept away', async () => {
    const { id } = await makePerson('swept@example.com');
    await browser().signIn('swept@example.com');
    const over = new Date(Date.now() - 1000);
    await desk.db.updateTable('sessions').set({ expires_at: over }).where('user_id', '=', id).execute();
    const person = browser();
    await person.signIn('swept@example.com');
    await desk.services.accounts.sessions.sweep();
    expect(
      await desk.db.selectFrom('sessions').where('user_id', '=', id).select('id').execute(),
    ).toHaveLength(1);
    expect((await person.get('/me')).status).toBe(200);
  });

  test('serves nothing else of better-auth', async () => {
    const person = browser();
    await person.signIn('root@example.com');
    for (const path of [
      'update-session',
      'delete-user',
      'change-email',
      'ok',
      'sign-in/social',
      'list-accounts',
    ]) {
      expect((await person.post(`/auth/${path}`, {})).status).toBe(404);
      expect((await person.get(`/auth/${path}`)).status).toBe(404);
    }
  });
});

describe('one account, several sessions', () => {
  test('they are listed and ended one by one, or all but this', async () => {
    const { email } = await makePerson('many@example.com');
    const browsers = [browser(), browser(), browser()] as const;
    const [here, there, elsewhere] = browsers;
    for (const each of browsers) await each.signIn(email, PASSWORD, { 'user-agent': 'Test browser' });

    const { json } = await here.get('/auth/list-sessions');
    expect(json.total).toBe(3);
    expect(json.data.map(({ current }: { current: boolean }) => current)).toEqual([false, false, true]);
    expect(json.data[0]).toMatchObject({ ip_address: '127.0.0.1', user_agent: 'Test browser' });

    const ended = await here.post('/auth/revoke-session', { session_id: json.data[0].id });
    expect(ended.status).toBe(204);
    expect((await elsewhere.get('/me')).status).toBe(401);
    expect((await there.get('/me')).status).toBe(200);

    expect((await here.post('/auth/revoke-other-sessions')).status).toBe(204);
    expect((await there.get('/me')).status).toBe(401);
    expect((await here.get('/me')).status).toBe(200);
  });

  test("somebody else's session cannot be ended", async () => {
    const [mine, theirs] = [browser(), browser()];
    await makePerson('mine@example.com');
    const { id } = await makePerson('theirs@example.com');
    await mine.signIn('mine@example.com');
    await theirs.signIn('theirs@example.com');
    const [session] = await desk.services.accounts.sessions.list(id);
    const answer = await mine.post('/auth/revoke-session', { session_id: session?.id });
    expect([answer.status, answer.json.code]).toEqual([404, 'session_not_found']);
    expect((await theirs.get('/me')).status).toBe(200);
  });

  test.each([true, false])('a new password ends the others if asked (%j)', async (asked) => {
    const email = `new.password.${asked}@example.com`;
    await makePerson(email);
    const [here, there] = [browser(), browser()];
    await here.signIn(email);
    await there.signIn(email);
    const answer = await here.post('/auth/change-password', {
      current_password: PASSWORD,
      new_password: 'another good password',
      revoke_other_sessions: asked,
    });
    expect(answer.status).toBe(204);
    expect((await here.get('/me')).status).toBe(200);
    expect((await there.get('/me')).status).toBe(asked ? 401 : 200);
    expect((await browser().signIn(email)).status).toBe(401);
    expect((await browser().signIn(email, 'another good password')).status).toBe(200);
  });

  test('a new password needs the current one and has to be a good one', async () => {
    await makePerson('careful@example.com');
    const person = browser();
    await person.signIn('careful@example.com');
    const change = (current_password: string, new_password: string) =>
      person.post('/auth/change-password', { current_password, new_password });
    expect((await change('not the password', 'another good password')).json.code).toBe('sign_in_failed');
    expect((await change(PASSWORD, 'short')).json.code).toBe('password_weak');
    expect((await browser().signIn('careful@example.com')).status).toBe(200);
  });

  test('people change their name and nothing else of themselves', async () => {
    await makePerson('renamed@example.com');
    const person = browser();
    await person.signIn('renamed@example.com');
    expect((await person.post('/auth/update-user', { name: '  New   Name ' })).json.user.name).toBe(
      'New Name',
    );
    for (const more of [{ role: 'admin' }, { email: 'x@example.com' }, { disabled: false }]) {
      const answer = await person.post('/auth/update-user', { name: 'N', ...more });
      expect([answer.status, answer.json.code]).toEqual([400, 'request_invalid']);
    }
    expect((await person.get('/me')).json).toMatchObject({ role: 'customer', email: 'renamed@example.com' });
  });
});
