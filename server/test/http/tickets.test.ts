import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Ticket } from '../../src/helpdesk/ticket-view.ts';
import { json, problem } from '../support/answers.ts';
import { type Client, note } from '../support/client.ts';
import { openTestDesk, type TestDesk } from '../support/desk.ts';

let desk: TestDesk;
let requester: Client;
let participant: Client;
let stranger: Client;
let agent: Client;
let admin: Client;

beforeAll(async () => {
  desk = await openTestDesk();
  [requester, participant, stranger, agent, admin] = await Promise.all([
    desk.person('customer', 'Rita'),
    desk.person('customer', 'Paul'),
    desk.person('customer', 'Stan'),
    desk.person('agent', 'Agnes'),
    desk.person('admin', 'Ada'),
  ]);
});
afterAll(() => desk.close());

const TICKET = { subject: 'Printer', description: 'It *burns*.' };
const NOWHERE = '00000000-0000-7000-8000-000000000000';

describe('POST /tickets', () => {
  test('answers 201 with the ticket', async () => {
    const response = await requester.post('/tickets', {
      ...TICKET,
      priority: 'high',
      participants: [participant.id],
    });
    expect(response.status).toBe(201);
    const ticket = await json<Ticket>(response);
    expect(ticket).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      number: expect.any(Number),
      ...TICKET,
      status: 'open',
      priority: 'high',
      requester: { id: requester.id, name: 'Rita' },
      assignee: null,
      participants: [{ id: participant.id, name: 'Paul' }],
      attachment_count: 0,
      last_reply: null,
      legal_hold: null,
      can: { reply: true, note: false, attach: true, follow_up: true, edit: false, hold: false },
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      updated_at: ticket.created_at,
    });
    const can = { reply: true, note: true, attach: true, follow_up: true, edit: true, hold: false };
    expect(await json(await agent.get(`/tickets/${ticket.id}`))).toEqual({ ...ticket, can });
  });

  test('claims staged uploads, or creates nothing', async () => {
    const [mine, others] = [await requester.stage(note('one')), await stranger.stage(note('two'))];
    const before = await totalOf(agent);
    const refused = await requester.post('/tickets', { ...TICKET, upload_ids: [mine, others] });
    expect(await problem(refused)).toEqual([404, 'upload_not_found']);
    expect(await totalOf(agent)).toBe(before);
    const response = await requester.post('/tickets', { ...TICKET, upload_ids: [mine] });
    expect((await json<Ticket>(response)).attachment_count).toBe(1);
    const again = await requester.post('/tickets', { ...TICKET, upload_ids: [mine] });
    expect(await problem(again)).toEqual([404, 'upload_not_found']);
  });

  test.each([
    ['no subject', { description: 'x' }],
    ['no description', { subject: 'x' }],
    ['an empty subject', { ...TICKET, subject: '' }],
    ['a blank subject', { ...TICKET, subject: ' \u00a0 ' }],
    ['a subject of 256 characters', { ...TICKET, subject: 'x'.repeat(256) }],
    ['a subject of two lines', { ...TICKET, subject: 'a\nb' }],
    ['NUL in the subject', { ...TICKET, subject: 'a\u0000b' }],
    ['NUL in the description', { ...TICKET, description: 'a\u0000b' }],
    ['an empty description', { ...TICKET, description: '' }],
    ['a blank description', { ...TICKET, description: '\n \n' }],
    ['a description of 65,537 characters', { ...TICKET, description: 'x'.repeat(65_537) }],
    ['a number for the subject', { ...TICKET, subject: 5 }],
    ['an unknown priority', { ...TICKET, priority: 'huge' }],
    ['an unknown field', { ...TICKET, status: 'open' }],
    ['a participant twice', { ...TICKET, participants: [NOWHERE, NOWHERE] }],
    ['51 participants', { ...TICKET, participants: Array.from({ length: 51 }, (_, n) => `p${n}`) }],
    ['NUL in an id', { ...TICKET, participants: ['a\u0000b'] }],
    ['no object', 'text'],
  ])('%s: 400', async (_, body) => {
    expect(await problem(await requester.post('/tickets', body))).toEqual([400, 'request_invalid']);
  });

  test('takes a subject of 255 and a description of 65,536 characters of any script', async () => {
    const body = { subject: '𝒳'.repeat(255), description: '雪'.repeat(65_536) };
    const response = await requester.post('/tickets', body);
    expect(response.status).toBe(201);
    expect(await json(response)).toMatchObject(body);
  });

  test('a body that is no JSON: 400', async () => {
    const headers = { 'content-type': 'application/json' };
    const response = await requester.fetch('/tickets', { method: 'POST', body: '{"subject":', headers });
    expect(await problem(response)).toEqual([400, 'body_malformed']);
  });

  test('people who are not there: 404; an assignee who is no agent: 400; what is for the desk: 403', async () => {
    const post = async (who: Client, more: object) =>
      problem(await who.post('/tickets', { ...TICKET, ...more }));
    expect(await post(agent, { requester_id: NOWHERE })).toEqual([404, 'user_not_found']);
    expect(await post(agent, { requester_id: 'x' })).toEqual([404, 'user_not_found']);
    expect(await post(requester, { participants: ['x'] })).toEqual([404, 'user_not_found']);
    expect(await post(requester, { upload_ids: ['x'] })).toEqual([404, 'upload_not_found']);
    expect(await post(agent, { assignee_id: requester.id })).toEqual([400, 'assignee_invalid']);
    expect(await post(requester, { requester_id: stranger.id })).toEqual([403, 'forbidden']);
    expect(await post(requester, { assignee_id: agent.id })).toEqual([403, 'forbidden']);
  });
});

async function totalOf(who: Client): Promise<number> {
  return (await json<{ total: number }>(await who.get('/tickets?limit=1'))).total;
}

describe('GET /tickets', () => {
  test.each([
    'skip=-1',
    'skip=abc',
    'skip=',
    'skip=1.5',
    'skip=0&skip=1',
    'skip=1000001',
    'limit=0',
    'limit=101',
    'limit=-1',
    'limit=abc',
    'limit=',
    'limit=9e99',
    'status=unknown',
    'status=',
    'status=open&status=closed',
    'assignee=',
    'assignee=somebody',
    'assignee=x-none',
    'requester=none',
    'search=',
    'search=%00',
    `search=${'x'.repeat(256)}`,
    'sort=subject',
  ])('?%s: 400', async (query) => {
    expect(await problem(await agent.get(`/tickets?${query}`))).toEqual([400, 'request_invalid']);
  });

  test('pages with skip and limit, 20 by default, newest first', async () => {
    const lister = await desk.person('customer');
    const opened = [];
    for (let count = 0; count < 22; count += 1) opened.unshift(await lister.openTicket());
    const ids = async (query: string) => {
      const page = await json<{ data: Ticket[]; total: number; skip: number; limit: number }>(
        await lister.get(`/tickets${query}`),
      );
      expect(page.total).toBe(22);
      return { ids: page.data.map((ticket) => ticket.id), skip: page.skip, limit: page.limit };
    };
    expect(await ids('')).toEqual({ ids: opened.slice(0, 20), skip: 0, limit: 20 });
    expect(await ids('?skip=20')).toEqual({ ids: opened.slice(20), skip: 20, limit: 20 });
    expect(await ids('?skip=5&limit=1')).toEqual({ ids: opened.slice(5, 6), skip: 5, limit: 1 });
    expect(await ids('?limit=100')).toEqual({ ids: opened, skip: 0, limit: 100 });
    expect(await ids('?skip=1000000')).toEqual({ ids: [], skip: 1_000_000, limit: 20 });
  });

  test('narrows, and shows customers their own alone', async () => {
    const caller = await desk.person('customer');
    const one = await caller.openTicket({ subject: '50% off', participants: [participant.id] });
    const two = await caller.openTicket({ subject: '50 off' });
    await agent.send('PATCH', `/tickets/${two}`, { assignee_id: agent.id, status: 'solved' });
    const found = async (who: Client, query: string) => {
      const page = await json<{ data: Ticket[]; total: number }>(await who.get(`/tickets?${query}`));
      expect(page.total).toBe(page.data.length);
      return page.data.map((ticket) => ticket.id);
    };
    const theirs = `requester=${caller.id}`;
    expect(await found(agent, theirs)).toEqual([two, one]);
    expect(await found(caller, 'requester=me')).toEqual([two, one]);
    expect(await found(agent, `${theirs}&assignee=me`)).toEqual([two]);
    expect(await found(admin, `${theirs}&assignee=${agent.id}`)).toEqual([two]);
    expect(await found(admin, `${theirs}&assignee=none`)).toEqual([one]);
    expect(await found(agent, `${theirs}&status=solved`)).toEqual([two]);
    expect(await found(agent, `${theirs}&search=${encodeURIComponent('50% O')}`)).toEqual([one]);
    expect(await found(participant, theirs)).toEqual([one]);
    expect(await found(stranger, theirs)).toEqual([]);
  });
});

describe('one ticket', () => {
  test.each([
    ['GET', undefined],
    ['PATCH', { status: 'solved' }],
  ])('%s: 401 for nobody, 403 for a stranger, 404 where there is none', async (method, body) => {
    const id = await requester.openTicket();
    expect(await problem(await desk.anonymous.send(method, `/tickets/${id}`, body))).toEqual([
      401,
      'not_signed_in',
    ]);
    expect(await problem(await stranger.send(method, `/tickets/${id}`, body))).toEqual([403, 'forbidden']);
    for (const who of [stranger, agent]) {
      expect(await problem(await who.send(method, `/tickets/${NOWHERE}`, body))).toEqual([
        404,
        'ticket_not_found',
      ]);
    }
    for (const malformed of ['1', id.toUpperCase(), `${id}0`, 'a%00b', '..%2Ftickets', '%27%20OR%201']) {
      const response = await agent.send(method, `/tickets/${malformed}`, body);
      expect(await problem(response)).toEqual([404, 'not_found']);
    }
  });

  test('is there for requester, participant, agent and admin', async () => {
    const id = await requester.openTicket({ participants: [participant.id] });
    for (const who of [requester, participant, agent, admin]) {
      expect((await who.get(`/tickets/${id}`)).status).toBe(200);
    }
  });
});

describe('PATCH /tickets/{ticket_id}', () => {
  test('changes what the desk gives, and what the requester may', async () => {
    const id = await requester.openTicket({ participants: [participant.id] });
    const change = (who: Client, body: object) => who.send('PATCH', `/tickets/${id}`, body);
    const worked = await change(agent, { status: 'pending', priority: 'urgent', assignee_id: admin.id });
    expect(worked.status).toBe(200);
    expect(await json(worked)).toMatchObject({
      status: 'pending',
      priority: 'urgent',
      assignee: { id: admin.id, name: 'Ada' },
      subject: 'Printer',
    });
    expect(await json(await change(requester, { status: 'solved', participants: [] }))).toMatchObject({
      status: 'solved',
      participants: [],
    });
    expect(await problem(await change(participant, { status: 'solved' }))).toEqual([403, 'forbidden']);
    expect(await problem(await change(requester, { priority: 'low' }))).toEqual([403, 'forbidden']);
    expect(await problem(await change(agent, { assignee_id: participant.id }))).toEqual([
      400,
      'assignee_invalid',
    ]);
    expect((await change(agent, { status: 'closed' })).status).toBe(200);
    expect(await problem(await change(requester, { status: 'solved' }))).toEqual([409, 'ticket_closed']);
    expect(await json(await change(admin, { status: 'open', assignee_id: null }))).toMatchObject({
      status: 'open',
      assignee: null,
    });
  });

  test.each([
    {},
    { status: 'gone' },
    { subject: 'new' },
    { assignee_id: 5 },
    { participants: 'x' },
    [],
    null,
  ])('%j: 400', async (body) => {
    const id = await requester.openTicket();
    expect(await problem(await agent.send('PATCH', `/tickets/${id}`, body))).toEqual([
      400,
      'request_invalid',
    ]);
  });
});

test('tickets are never deleted', async () => {
  const id = await requester.openTicket();
  expect((await admin.send('DELETE', `/tickets/${id}`)).status).toBe(404);
  expect((await requester.get(`/tickets/${id}`)).status).toBe(200);
});

test('a disabled person is not signed in any more', async () => {
  const leaver = await desk.person('agent');
  const id = await requester.openTicket();
  await desk.services.accounts.people.change(leaver.id, { disabled: true });
  expect((await leaver.get(`/tickets/${id}`)).status).toBe(401);
});
