import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Demo, fillDemo } from '../../src/helpdesk/demo.ts';
import type { Ticket } from '../../src/helpdesk/ticket-view.ts';
import { json } from '../support/answers.ts';
import { Client } from '../support/client.ts';
import { openTestDesk, type TestDesk } from '../support/desk.ts';
import { refusalOf } from './desk.ts';

let desk: TestDesk;
let demo: Demo;
let admin: Client;

/** What it said while there was a customer. */
let refused: string | undefined;

/** A desk with its first administrator is still empty; with a customer it is not. */
beforeAll(async () => {
  desk = await openTestDesk();
  admin = await desk.person('admin');
  const customer = await desk.person('customer');
  refused = await refusalOf(fillDemo(desk.services));
  await desk.db.deleteFrom('users').where('id', '=', customer.id).execute();
  demo = await fillDemo(desk.services);
}, 90_000);
afterAll(() => desk.close());

async function signedIn(email: string): Promise<Client> {
  const { people, tokens } = desk.services.accounts;
  const { id } = await people.byEmail(email);
  return new Client(desk.url, (await tokens.create(id, 'demo')).token, id);
}

interface File {
  id: string;
  file_name: string;
  mime_type: string;
  warnings: string[];
  created_at: string;
}

describe('the demo', () => {
  test('brings people of every role, who sign in with the password it tells', {
    timeout: 20_000,
  }, async () => {
    expect(new Set(demo.people.map((person) => person.role))).toEqual(
      new Set(['customer', 'agent', 'admin']),
    );
    for (const { email } of demo.people) {
      const credentials = { email, password: demo.password };
      const response = await desk.anonymous.post('/auth/sign-in/email', credentials);
      expect([email, response.status]).toEqual([email, 200]);
    }
  });

  test('tells tickets in every status, whose numbers count up with their age', async () => {
    const { data, total } = await json<{ data: Ticket[]; total: number }>(await admin.get('/tickets'));
    expect(total).toBe(demo.tickets);
    expect(new Set(data.map((ticket) => ticket.status))).toEqual(
      new Set(['open', 'pending', 'solved', 'closed']),
    );
    const numbers = data.map((ticket) => ticket.number);
    expect(numbers).toEqual([...numbers].sort((one, other) => other - one));
    for (const ticket of data) expect(ticket.created_at <= ticket.updated_at).toBe(true);
  });

  test('puts real files of several types on tickets and replies, internal ones too', async () => {
    const { data } = await json<{ data: Ticket[] }>(await admin.get('/tickets'));
    const files: File[] = [];
    for (const ticket of data) {
      const of = await json<{ data: File[] }>(await admin.get(`/tickets/${ticket.id}/attachments`));
      expect(of.data).toHaveLength(ticket.attachment_count);
      for (const file of of.data) expect(file.created_at >= ticket.created_at).toBe(true);
      files.push(...of.data);
    }
    expect(new Set(files.map((file) => file.mime_type))).toEqual(
      new Set(['image/png', 'image/jpeg', 'application/pdf', 'text/csv', 'text/plain', 'application/zip']),
    );
    expect(files.flatMap((file) => file.warnings)).toEqual([]);
    for (const { id, mime_type } of files) {
      expect((await admin.get(`/attachments/${id}/download`)).status).toBe(200);
      if (!mime_type.startsWith('image/')) continue;
      expect((await admin.get(`/attachments/${id}/thumbnail`)).status).toBe(200);
    }

    const customer = await signedIn('mara@example.com');
    const outage = data.find((ticket) => ticket.subject.includes('down on Tuesday'));
    const seen = await json<Ticket>(await customer.get(`/tickets/${outage?.id}`));
    expect([seen.attachment_count, outage?.attachment_count]).toEqual([1, 2]);
  });

  test('fills an empty desk only', async () => {
    expect(refused).toBe('desk_not_empty');
    const before = await json<{ total: number }>(await admin.get('/tickets'));
    expect(await refusalOf(fillDemo(desk.services))).toBe('desk_not_empty');
    expect((await json<{ total: number }>(await admin.get('/tickets'))).total).toBe(before.total);
  });
});
