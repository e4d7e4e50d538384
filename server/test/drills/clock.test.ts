import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Browser, PASSWORD } from '../support/browser.ts';
import { openTestDesk, type TestDesk } from '../support/desk.ts';

// How uploads and staged files take it when the clock is set back: attachments/upkeep/clock.test.ts. Here: signing in.

const EMAIL = 'ada@example.org';
let desk: TestDesk;
beforeAll(async () => {
  desk = await openTestDesk();
  await desk.services.accounts.people.create({
    name: 'Ada',
    email: EMAIL,
    password: PASSWORD,
    role: 'agent',
  });
});
afterAll(() => desk?.close());

describe('after the clock was set back by a year', () => {
  test('who was locked out before it may try again', async () => {
    const browser = new Browser(desk.url);
    let status = 401;
    while (status === 401) status = (await browser.signIn(EMAIL, 'a wrong password')).status;
    expect(status).toBe(429);
    await desk.db
      .updateTable('auth_rate_limits')
      .set({ last_request: sql<number>`last_request + ${365 * 86_400_000}::bigint` })
      .execute();
    expect((await browser.signIn(EMAIL)).status).toBe(200);
  });

  test('a session lasts a week from the sweep, not a year and a week', async () => {
    const browser = new Browser(desk.url);
    await browser.signIn(EMAIL);
    await desk.db
      .updateTable('sessions')
      .set({ expires_at: sql<Date>`expires_at + interval '1 year'` })
      .execute();
    await desk.services.accounts.sessions.sweep();
    expect((await browser.get('/me')).status).toBe(200);
    const { expires_at } = await desk.db
      .selectFrom('sessions')
      .select('expires_at')
      .executeTakeFirstOrThrow();
    expect((expires_at.getTime() - Date.now()) / 86_400_000).toBeCloseTo(7, 1);
  });
});
