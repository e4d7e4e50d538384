import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Ticket } from '../../src/helpdesk/ticket-view.ts';
import { json } from '../support/answers.ts';
import type { Client } from '../support/client.ts';
import { openTestDesk, type TestDesk } from '../support/desk.ts';

let desk: TestDesk;
let requester: Client;
let participant: Client;
let agent: Client;
let admin: Client;

beforeAll(async () => {
  desk = await openTestDesk();
  [requester, participant, agent, admin] = await Promise.all([
    desk.person('customer', 'Rita Sand'),
    desk.person('customer', 'Paul'),
    desk.person('agent', 'Agnes'),
    desk.person('admin', 'Ada'),
  ]);
});
afterAll(() => desk.close());

const list = async (by: Client, query: string) =>
  (await json<{ data: Ticket[] }>(await by.get(`/tickets?${query}`))).data;
const idsOf = async (by: Client, query: string) => (await list(by, query)).map(({ id }) => id);
const change = (id: string, changes: object, by = agent) => by.send('PATCH', `/tickets/${id}`, changes);

describe('the last reply', () => {
  const last = async (by: Client, id: string) => {
    const [one] = (await list(by, 'limit=100')).filter((ticket) => ticket.id === id);
    expect((await json<Ticket>(await by.get(`/tickets/${id}`))).last_reply).toEqual(one?.last_reply);
    return one?.last_reply;
  };

  test('is told of in lists, with its author and time', async () => {
    const id = await requester.openTicket();
    expect(await last(requester, id)).toBeNull();
    await requester.post(`/tickets/${id}/replies`, { body: 'Hello?' });
    const second = await json<{ created_at: string }>(
      await agent.post(`/tickets/${id}/replies`, { body: 'Here.' }),
    );
    const told = { author: { id: agent.id, name: 'Agnes' }, internal: false, created_at: second.created_at };
    expect(await last(requester, id)).toEqual(told);
    expect(await last(agent, id)).toEqual(told);
  });

  test('is for customers never an internal one', async () => {
    const id = await requester.openTicket();
    await agent.post(`/tickets/${id}/replies`, { body: 'A fool.', internal: true });
    expect(await last(requester, id)).toBeNull();
    expect(await last(agent, id)).toMatchObject({ author: { name: 'Agnes' }, internal: true });
  });
});

describe('what the caller may do', () => {
  const all = { reply: true, note: true, attach: true, follow_up: true, edit: true, hold: false };
  const none = { reply: false, note: false, attach: false, follow_up: false, edit: false, hold: false };
  test.each([
    ['requester', 'open', { ...all, note: false, edit: false }],
    ['participant', 'open', { ...none, reply: true }],
    ['agent', 'open', all],
    ['requester', 'closed', none],
    ['participant', 'closed', none],
    ['admin', 'closed', { ...none, follow_up: true, edit: true, hold: true }],
  ] as const)('is told: %s, %s', async (who, status, can) => {
    const id = await requester.openTicket({ participants: [participant.id] });
    await change(id, { status });
    const by = { requester, participant, agent, admin }[who];
    expect((await json<Ticket>(await by.get(`/tickets/${id}`))).can).toEqual(can);
    expect((await list(by, 'limit=100')).find((ticket) => ticket.id === id)?.can).toEqual(can);
  });
});

describe('views', () => {
  test('unsolved is open or pending, and goes with the other filters', async () => {
    const owner = await desk.person('customer');
    const [open, pending, solved, closed] = await Promise.all(
      Array.from({ length: 4 }, () => owner.openTicket()),
    );
    await change(pending ?? '', { status: 'pending', assignee_id: agent.id });
    await change(solved ?? '', { status: 'solved' });
    await change(closed ?? '', { status: 'closed' });
    const theirs = `requester=${owner.id}`;
    expect(new Set(await idsOf(agent, `${theirs}&status=unsolved`))).toEqual(new Set([open, pending]));
    expect(await idsOf(agent, `${theirs}&status=unsolved&assignee=none`)).toEqual([open]);
    expect(await idsOf(agent, `${theirs}&status=unsolved&assignee=me`)).toEqual([pending]);
    expect(await idsOf(agent, `${theirs}&status=solved`)).toEqual([solved]);
  });
});

describe('search', () => {
  test('finds by the requester’s name and by number, with or without its sign', async () => {
    const id = await requester.openTicket({ subject: 'Lamp' });
    const { number } = await json<Ticket>(await agent.get(`/tickets/${id}`));
    expect(await idsOf(agent, 'limit=100&search=rita%20s')).toContain(id);
    expect(await idsOf(agent, `search=%23${number}`)).toEqual([id]);
    expect(await idsOf(agent, `search=${number}`)).toContain(id);
  });

  test('finds for customers only what they see', async () => {
    const id = await requester.openTicket({ subject: 'Lamp' });
    const { number } = await json<Ticket>(await agent.get(`/tickets/${id}`));
    expect(await idsOf(participant, `search=%23${number}`)).toEqual([]);
    expect(await idsOf(participant, 'search=rita')).not.toContain(id);
  });
});

describe('sorting', () => {
  let owner: Client;
  let ids: string[];
  beforeAll(async () => {
    owner = await desk.person('customer');
    ids = [];
    for (const priority of ['normal', 'urgent', 'low', 'high', 'normal']) {
      ids.push(await owner.openTicket({ priority }));
    }
    await owner.post(`/tickets/${ids[0]}/replies`, { body: 'Anybody?' });
  });
  test.each([
    ['', [4, 3, 2, 1, 0]],
    ['sort=-created_at', [4, 3, 2, 1, 0]],
    ['sort=created_at', [0, 1, 2, 3, 4]],
    ['sort=-updated_at', [0, 4, 3, 2, 1]],
    ['sort=updated_at', [1, 2, 3, 4, 0]],
    ['sort=-priority', [1, 3, 4, 0, 2]],
    ['sort=priority', [2, 0, 4, 3, 1]],
  ])('by “%s”', async (sort, order) => {
    const expected = order.map((index) => ids[index]);
    expect(await idsOf(owner, sort)).toEqual(expected);
    expect(await idsOf(agent, `${sort}&requester=${owner.id}&skip=1&limit=3`)).toEqual(expected.slice(1, 4));
  });

  test('by something else is 400', async () => {
    expect((await owner.get('/tickets?sort=subject')).status).toBe(400);
  });
});

describe('whom a ticket can be given to', () => {
  test('are the staff whose account is enabled, and they are searched by name', async () => {
    const gone = await desk.person('agent', 'Agatha');
    await desk.services.accounts.people.change(gone.id, { disabled: true });
    const names = async (query: string) =>
      (await json<{ data: { name: string }[] }>(await agent.get(`/users?${query}`))).data.map(
        ({ name }) => name,
      );
    expect(await names('role=staff&enabled=true')).toEqual(['Ada', 'Agnes']);
    expect(await names('role=staff&enabled=true&q=ag')).toEqual(['Agnes']);
    expect(await names('role=staff&enabled=false')).toEqual(['Agatha']);
  });
});
