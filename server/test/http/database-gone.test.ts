import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Client } from '../support/client.ts';
import { openTestDesk, type TestDesk } from '../support/desk.ts';

let desk: TestDesk;
let person: Client;
beforeAll(async () => {
  desk = await openTestDesk();
  person = await desk.person('customer');
});
afterAll(() => desk?.close());

test('a database that goes away while it is asked is 503 with a time to come back, and then works again', async () => {
  const { db, tickets } = desk.services;
  const cut = vi.spyOn(tickets, 'list').mockImplementationOnce(async () => {
    await sql`SELECT pg_terminate_backend(pg_backend_pid())`.execute(db);
    throw new Error('it is still there');
  });
  const refused = await person.get('/tickets');
  cut.mockRestore();
  expect(refused.status).toBe(503);
  expect(refused.headers.get('retry-after')).toBe('5');
  expect(await refused.json()).toMatchObject({ code: 'database_unavailable' });
  expect((await person.get('/tickets')).status).toBe(200);
});
