import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { addPerson, disable, refusalOf, useDesk } from './desk.ts';

const desk = useDesk();
const PAGE = { skip: 0, limit: 100 };

describe('opening', () => {
  test('gives the ticket as its requester sees it', async () => {
    const ticket = await desk.open({
      subject: 'Zażółć',
      description: 'with <b>HTML</b>\r\n',
      priority: 'high',
    });
    expect(ticket).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      number: expect.any(Number),
      subject: 'Zażółć',
      description: 'with <b>HTML</b>\r\n',
      status: 'open',
      priority: 'high',
      requester: { id: desk.requester.id, name: 'Rita Requester' },
      assignee: null,
      participants: [{ id: desk.participant.id, name: 'Paul Participant' }],
      attachment_count: 0,
      last_reply: null,
      legal_hold: null,
      can: { reply: true, note: false, attach: true, follow_up: true, edit: false, hold: false },
      created_at: expect.stringMatching(/Z$/),
      updated_at: ticket.created_at,
    });
    expect(await desk.tickets.get(desk.requester, ticket.id)).toEqual(ticket);
    expect((await desk.open()).number).toBe(ticket.number + 1);
  });

  test('for somebody else, and assigning, is for the desk', async () => {
    const input = { subject: 'By phone', description: 'He called.', requester_id: desk.requester.id };
    const ticket = await desk.tickets.create(desk.agent, { ...input, assignee_id: desk.admin.id });
    expect(ticket.requester.id).toBe(desk.requester.id);
    expect(ticket.assignee).toEqual({ id: desk.admin.id, name: 'Ada Admin' });
    expect(await refusalOf(desk.tickets.create(desk.stranger, input))).toBe('forbidden');
    expect(await refusalOf(desk.open({ assignee_id: desk.agent.id }))).toBe('forbidden');
    expect(await refusalOf(desk.open({ requester_id: desk.requester.id }))).toBeUndefined();
  });

  test('names only people who are there, and creates nothing otherwise', async () => {
    const gone = await addPerson(desk.db, 'agent', 'Gone');
    await disable(desk.db, gone);
    const before = (await desk.tickets.list(desk.agent, {}, PAGE)).total;
    const phoned = { subject: 'x', description: 'y' };
    for (const id of [gone.id, 'nobody']) {
      expect(await refusalOf(desk.open({ participants: [desk.agent.id, id] }))).toBe('user_not_found');
      expect(await refusalOf(desk.tickets.create(desk.agent, { ...phoned, requester_id: id }))).toBe(
        'user_not_found',
      );
      expect(await refusalOf(desk.tickets.create(desk.agent, { ...phoned, assignee_id: id }))).toBe(
        'assignee_invalid',
      );
    }
    expect(await refusalOf(desk.tickets.create(gone, phoned))).toBe('account_disabled');
    expect((await desk.tickets.list(desk.agent, {}, PAGE)).total).toBe(before);
  });
});

describe('changing', () => {
  test('touches what is given and nothing else', async () => {
    const opened = await desk.open();
    await sleep(5);
    const changes = { status: 'pending', priority: 'urgent', assignee_id: desk.agent.id } as const;
    const changed = await desk.tickets.change(desk.agent, opened.id, changes);
    expect(changed).toEqual({
      ...opened,
      can: { reply: true, note: true, attach: true, follow_up: true, edit: true, hold: false },
      status: 'pending',
      priority: 'urgent',
      assignee: { id: desk.agent.id, name: 'Agnes Agent' },
      updated_at: changed.updated_at,
    });
    expect(changed.updated_at > opened.updated_at).toBe(true);
    expect((await desk.tickets.change(desk.agent, opened.id, { assignee_id: null })).assignee).toBeNull();
    expect((await desk.tickets.get(desk.requester, opened.id)).priority).toBe('urgent');
  });

  test('replaces who is in copy; who is in copy stays though disabled, and no such person comes', async () => {
    const fading = await addPerson(desk.db, 'customer', 'Fay Fading');
    const { id } = await desk.open({ participants: [fading.id] });
    await disable(desk.db, fading);
    const both = [fading.id, desk.stranger.id];
    const changed = await desk.tickets.change(desk.requester, id, { participants: both });
    expect(changed.participants.map((person) => person.name)).toEqual(['Fay Fading', 'Stan Stranger']);
    expect((await desk.tickets.get(desk.stranger, id)).id).toBe(id);
    expect((await desk.tickets.change(desk.requester, id, { participants: [] })).participants).toEqual([]);
    expect(await refusalOf(desk.tickets.get(desk.stranger, id))).toBe('forbidden');
    expect(await refusalOf(desk.tickets.change(desk.requester, id, { participants: [fading.id] }))).toBe(
      'user_not_found',
    );
  });

  test('the requester may say that it is solved, not more; others in copy nothing', async () => {
    const { id } = await desk.open();
    for (const status of ['open', 'pending', 'closed'] as const) {
      expect(await refusalOf(desk.tickets.change(desk.requester, id, { status }))).toBe('forbidden');
    }
    for (const caller of [desk.participant, desk.stranger]) {
      expect(await refusalOf(desk.tickets.change(caller, id, { status: 'solved' }))).toBe('forbidden');
      expect(await refusalOf(desk.tickets.change(caller, id, { participants: [] }))).toBe('forbidden');
    }
    expect((await desk.tickets.change(desk.requester, id, { status: 'solved' })).status).toBe('solved');
  });

  test('a closed ticket is opened again by the desk alone', async () => {
    const { id } = await desk.open();
    await desk.tickets.change(desk.admin, id, { status: 'closed' });
    expect(await refusalOf(desk.tickets.change(desk.requester, id, { status: 'solved' }))).toBe(
      'ticket_closed',
    );
    expect((await desk.tickets.change(desk.agent, id, { status: 'open' })).status).toBe('open');
  });

  test('assigns to enabled agents and admins; who has it may keep it', async () => {
    const leaver = await addPerson(desk.db, 'agent', 'Liv Leaver');
    const { id } = await desk.open();
    await desk.tickets.change(desk.agent, id, { assignee_id: leaver.id });
    await disable(desk.db, leaver);
    const kept = await desk.tickets.change(desk.agent, id, { assignee_id: leaver.id, priority: 'low' });
    expect(kept.assignee?.id).toBe(leaver.id);
    for (const assignee_id of [desk.requester.id, 'nobody']) {
      expect(await refusalOf(desk.tickets.change(desk.agent, id, { assignee_id }))).toBe('assignee_invalid');
    }
    await desk.tickets.change(desk.agent, id, { assignee_id: desk.agent.id });
    expect(await refusalOf(desk.tickets.change(desk.agent, id, { assignee_id: leaver.id }))).toBe(
      'assignee_invalid',
    );
  });
});

describe('listing', () => {
  test('shows customers what they opened or take part in, and the desk everything, newest first', async () => {
    const caller = await addPerson(desk.db, 'customer', 'Lea Lister');
    const mine = await desk.tickets.create(caller, { subject: 'mine', description: 'x' });
    const copied = await desk.open({ participants: [caller.id] });
    await desk.tickets.change(desk.agent, mine.id, { participants: [caller.id] });
    const other = await desk.open();
    const seen = await desk.tickets.list(caller, {}, PAGE);
    expect(seen).toMatchObject({ total: 2, skip: 0, limit: 100 });
    expect(seen.data.map((ticket) => ticket.id)).toEqual([copied.id, mine.id]);
    const [newest] = (await desk.tickets.list(desk.agent, {}, { skip: 0, limit: 1 })).data;
    expect(newest?.id).toBe(other.id);
    expect((await desk.tickets.list(caller, {}, { skip: 1, limit: 1 })).data[0]?.id).toBe(mine.id);
    expect(await desk.tickets.list(caller, {}, { skip: 2, limit: 5 })).toEqual({
      data: [],
      total: 2,
      skip: 2,
      limit: 5,
    });
  });

  test('narrows by status, assignee and requester', async () => {
    const caller = await addPerson(desk.db, 'customer', 'Finn Filter');
    const helper = await addPerson(desk.db, 'agent', 'Hal Helper');
    const open = (subject: string) => desk.tickets.create(caller, { subject, description: 'x' });
    const [free, taken, solved] = [await open('free'), await open('taken'), await open('solved')];
    await desk.tickets.change(helper, taken.id, { assignee_id: helper.id });
    await desk.tickets.change(helper, solved.id, { assignee_id: desk.admin.id, status: 'solved' });
    const requester = caller.id;
    const found = async (filter: object) =>
      (await desk.tickets.list(helper, { requester, ...filter }, PAGE)).data.map((one) => one.subject);
    expect(await found({})).toEqual(['solved', 'taken', 'free']);
    expect(await found({ assignee: 'none' })).toEqual([free.subject]);
    expect(await found({ assignee: 'me' })).toEqual(['taken']);
    expect(await found({ assignee: desk.admin.id })).toEqual(['solved']);
    expect(await found({ status: 'solved' })).toEqual(['solved']);
    expect(await found({ status: 'solved', assignee: 'me' })).toEqual([]);
    expect(await found({ requester: 'me' })).toEqual([]);
    expect((await desk.tickets.list(caller, { requester: 'me', status: 'open' }, PAGE)).total).toBe(2);
    expect((await desk.tickets.list(desk.stranger, { requester }, PAGE)).total).toBe(0);
  });

  test('searches the subject in any case, and takes wildcards as they are', async () => {
    const caller = await addPerson(desk.db, 'customer', 'Sue Search');
    for (const subject of ['100% done', '100 done', 'a_b', 'aXb', 'C:\\temp', 'Größe ÄNDERN']) {
      await desk.tickets.create(caller, { subject, description: '100% done' });
    }
    const found = async (search: string) =>
      (await desk.tickets.list(caller, { search }, PAGE)).data.map((ticket) => ticket.subject);
    expect(await found('100%')).toEqual(['100% done']);
    expect(await found('a_b')).toEqual(['a_b']);
    expect(await found('c:\\TEMP')).toEqual(['C:\\temp']);
    expect(await found('größe ändern')).toEqual(['Größe ÄNDERN']);
    expect(await found('\\')).toEqual(['C:\\temp']);
    expect(await found('DONE')).toHaveLength(2);
    expect(await found("'; DROP TABLE tickets; --")).toEqual([]);
  });

  test('counts the files of internal replies for the desk alone', async () => {
    const { id: ticket_id } = await desk.open();
    await desk.db
      .insertInto('attachment_totals')
      .values([
        { ticket_id, internal: false, file_count: 2, total_size: 20 },
        { ticket_id, internal: true, file_count: 3, total_size: 30 },
      ])
      .execute();
    const counts = await Promise.all(
      [desk.requester, desk.participant, desk.agent, desk.admin].map(
        async (caller) => (await desk.tickets.get(caller, ticket_id)).attachment_count,
      ),
    );
    expect(counts).toEqual([2, 2, 5, 5]);
    const [listed] = (await desk.tickets.list(desk.requester, {}, PAGE)).data;
    expect(listed?.attachment_count).toBe(2);
  });
});

test('a ticket is there for those who see it, forbidden for others, and not found where it is not', async () => {
  const { id } = await desk.open();
  for (const caller of [desk.requester, desk.participant, desk.agent, desk.admin]) {
    expect((await desk.tickets.get(caller, id)).id).toBe(id);
  }
  expect(await refusalOf(desk.tickets.get(desk.stranger, id))).toBe('forbidden');
  expect(await refusalOf(desk.tickets.get(desk.stranger, 'no such id'))).toBe('ticket_not_found');
});
