import { afterAll, beforeAll, expect, it } from 'vitest';
import { fillDemo } from '../../src/helpdesk/demo.ts';
import { Browser, PASSWORD } from '../support/browser.ts';
import { openTestDesk, type TestDesk } from '../support/desk.ts';

let desk: TestDesk;
beforeAll(async () => {
  desk = await openTestDesk({ config: { signUp: 'closed' } });
});
afterAll(() => desk.close());

const welcome = async () => (await new Browser(desk.url).get('/welcome')).json;

it('tells a stranger how people get in, and nothing of who is there', async () => {
  expect(await welcome()).toEqual({
    ...{ sign_up: 'closed', set_up_needed: true, demo_accounts: [] },
    password_length: { min: 10, max: 128 },
  });
  await desk.services.accounts.people.create({
    ...{ name: 'Root', email: 'root@example.com', role: 'admin', password: PASSWORD },
  });
  expect(await welcome()).toMatchObject({ set_up_needed: false, demo_accounts: [] });
});

it('names the people of the demo, while all of them are there', async () => {
  await fillDemo(desk.services);
  const { demo_accounts } = await welcome();
  expect(demo_accounts).toHaveLength(5);
  expect(demo_accounts).toContainEqual({
    name: 'Mara Lindqvist',
    email: 'mara@example.com',
    role: 'customer',
  });
  await desk.db
    .updateTable('users')
    .set({ disabled_at: new Date() })
    .where('email', '=', 'mara@example.com')
    .execute();
  expect(await welcome()).toMatchObject({ demo_accounts: [] });
}, 90_000);
