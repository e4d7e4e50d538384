import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { ClaimUploads } from '../../src/attachments/index.ts';
import { TICKET_STATUSES } from '../../src/db/schema.ts';
import { createReplies, statusAfterReply } from '../../src/helpdesk/replies.ts';
import { createTickets } from '../../src/helpdesk/tickets.ts';
import { Refusal } from '../../src/refusals.ts';
import { refusalOf, useDesk } from './desk.ts';

const desk = useDesk();
const PAGE = { skip: 0, limit: 100 };

describe('writing', () => {
  test('gives the reply, and the list has it', async () => {
    const { id: ticket_id } = await desk.open();
    const reply = await desk.replies.create(desk.participant, ticket_id, { body: 'Me *too*.\n' });
    expect(reply).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      ticket_id,
      author: { id: desk.participant.id, name: 'Paul Participant' },
      body: 'Me *too*.\n',
      internal: false,
      attachments: [],
      created_at: expect.stringMatching(/Z$/),
    });
    expect(await desk.replies.list(desk.requester, ticket_id, PAGE)).toEqual({
      data: [reply],
      total: 1,
      ...PAGE,
    });
  });

  test('is not for strangers, nor where there is no ticket, nor on a closed one', async () => {
    const { id } = await desk.open();
    const say = { body: 'hello' };
    expect(await refusalOf(desk.replies.create(desk.stranger, id, say))).toBe('forbidden');
    expect(await refusalOf(desk.replies.list(desk.stranger, id, PAGE))).toBe('forbidden');
    expect(await refusalOf(desk.replies.create(desk.agent, 'nowhere', say))).toBe('ticket_not_found');
    expect(await refusalOf(desk.replies.list(desk.agent, 'nowhere', PAGE))).toBe('ticket_not_found');
    await desk.tickets.change(desk.agent, id, { status: 'closed' });
    for (const caller of [desk.requester, desk.participant, desk.agent, desk.admin]) {
      expect(await refusalOf(desk.replies.create(caller, id, say))).toBe('ticket_closed');
    }
    expect(await refusalOf(desk.replies.create(desk.agent, id, { ...say, internal: true }))).toBe(
      'ticket_closed',
    );
  });

  test('a reply of nothing is none', async () => {
    const { id } = await desk.open();
    for (const body of ['', ' \n\t']) {
      expect(await refusalOf(desk.replies.create(desk.requester, id, { body }))).toBe('request_invalid');
    }
  });

  test('lists in the order of writing, page by page', async () => {
    const { id } = await desk.open();
    const bodies = Array.from({ length: 7 }, (_, index) => `reply ${index}`);
    for (const body of bodies) await desk.replies.create(desk.requester, id, { body });
    const read = async (skip: number) =>
      (await desk.replies.list(desk.requester, id, { skip, limit: 3 })).data.map((reply) => reply.body);
    expect([...(await read(0)), ...(await read(3)), ...(await read(6))]).toEqual(bodies);
  });

  test('many at once stand in the order in which they were taken', async () => {
    const { id } = await desk.open();
    const people = [desk.requester, desk.participant, desk.agent, desk.admin];
    const written = await Promise.all(
      Array.from({ length: 24 }, (_, index) =>
        desk.replies.create(people[index % 4] ?? desk.agent, id, { body: `reply ${index}` }),
      ),
    );
    const { data, total } = await desk.replies.list(desk.agent, id, PAGE);
    expect(total).toBe(24);
    expect(new Set(data.map((reply) => reply.id))).toEqual(new Set(written.map((reply) => reply.id)));
    const times = data.map((reply) => reply.created_at);
    expect(times).toEqual([...times].sort());
  });
});

describe('internal replies', () => {
  test('are written by the desk and exist for the desk alone, also in totals', async () => {
    const { id } = await desk.open();
    await desk.replies.create(desk.requester, id, { body: 'public 1' });
    const note = await desk.replies.create(desk.agent, id, { body: 'between us', internal: true });
    await desk.replies.create(desk.agent, id, { body: 'public 2' });
    expect(note.internal).toBe(true);
    for (const caller of [desk.agent, desk.admin]) {
      expect((await desk.replies.list(caller, id, PAGE)).total).toBe(3);
    }
    for (const caller of [desk.requester, desk.participant]) {
      const { data, total } = await desk.replies.list(caller, id, PAGE);
      expect(total).toBe(2);
      expect(data.map((reply) => reply.body)).toEqual(['public 1', 'public 2']);
      const internal = { body: 'psst', internal: true };
      expect(await refusalOf(desk.replies.create(caller, id, internal))).toBe('forbidden');
    }
  });

  test('change neither status nor time, which customers would see', async () => {
    const { id } = await desk.open();
    await desk.tickets.change(desk.agent, id, { status: 'solved' });
    const before = await desk.tickets.get(desk.requester, id);
    await sleep(5);
    await desk.replies.create(desk.agent, id, { body: 'between us', internal: true });
    expect(await desk.tickets.get(desk.requester, id)).toEqual(before);
    await desk.replies.create(desk.agent, id, { body: 'for everybody' });
    expect((await desk.tickets.get(desk.requester, id)).updated_at > before.updated_at).toBe(true);
  });
});

describe('what a reply makes of the status', () => {
  test.each(TICKET_STATUSES)('%s', (status) => {
    const ticket = { status, requesterId: 'requester' };
    const opens = status === 'pending' || status === 'solved' ? 'open' : status;
    expect(statusAfterReply({ id: 'requester', role: 'customer' }, ticket)).toBe(opens);
    expect(statusAfterReply({ id: 'participant', role: 'customer' }, ticket)).toBe(opens);
    expect(statusAfterReply({ id: 'requester', role: 'agent' }, ticket)).toBe(opens);
    expect(statusAfterReply({ id: 'agent', role: 'agent' }, ticket)).toBe(status);
  });

  test('a solved ticket opens on a reply of somebody in copy', async () => {
    const { id } = await desk.open();
    await desk.tickets.change(desk.agent, id, { status: 'solved' });
    await desk.replies.create(desk.participant, id, { body: 'Not for me.' });
    expect((await desk.tickets.get(desk.agent, id)).status).toBe('open');
  });
});

test('of a reply and a closing of the ticket at once, either the reply is first or it is refused', async () => {
  for (let round = 0; round < 8; round += 1) {
    const { id } = await desk.open();
    const replies = Array.from({ length: 6 }, (_, index) =>
      refusalOf(desk.replies.create(index % 2 ? desk.agent : desk.requester, id, { body: 'quick' })),
    );
    const closing = desk.tickets.change(desk.admin, id, { status: 'closed' });
    const codes = await Promise.all(replies);
    const closed = await closing;
    expect(new Set([...codes, 'ticket_closed', undefined])).toEqual(new Set(['ticket_closed', undefined]));
    const { data, total } = await desk.replies.list(desk.agent, id, PAGE);
    expect(total).toBe(codes.filter((code) => code === undefined).length);
    expect(data.every((reply) => reply.created_at <= closed.updated_at)).toBe(true);
    expect((await desk.tickets.get(desk.agent, id)).status).toBe('closed');
  }
});

describe('files that come with it', () => {
  const gone: ClaimUploads = async (_trx, { uploadIds }) => {
    if (uploadIds.includes('gone')) throw new Refusal('upload_not_found');
  };
  const parts = () => ({
    db: desk.db,
    access: desk.access,
    claim: gone,
    attachmentsOf: async () => new Map(),
  });

  test('may come without a word', async () => {
    const { id } = await desk.open();
    const replies = createReplies(parts());
    expect((await replies.create(desk.requester, id, { body: '', upload_ids: ['there'] })).body).toBe('');
  });

  test('are claimed for the reply they come with, by its author', async () => {
    const claims: Parameters<ClaimUploads>[1][] = [];
    const claim: ClaimUploads = async (_trx, asked) => {
      claims.push(asked);
    };
    const { id: ticketId } = await desk.open();
    const replies = createReplies({ ...parts(), claim });
    const input = { body: 'see', internal: true, upload_ids: ['one', 'two'] };
    const { id: replyId } = await replies.create(desk.agent, ticketId, input);
    const ticket = await createTickets({ ...parts(), claim }).create(desk.requester, {
      subject: 'x',
      description: 'y',
      upload_ids: ['three'],
    });
    expect(claims).toMatchObject([
      {
        ...{ ticketId, replyId, internal: true, uploadIds: ['one', 'two'] },
        owner: { id: desk.agent.id, address: desk.agent.address },
      },
      {
        ...{ ticketId: ticket.id, replyId: null, internal: false, uploadIds: ['three'] },
        owner: { id: desk.requester.id },
      },
    ]);
  });

  test('where one cannot be claimed, there is no reply and no ticket', async () => {
    const { id } = await desk.open();
    await desk.tickets.change(desk.agent, id, { status: 'solved' });
    const before = await desk.tickets.get(desk.agent, id);
    const total = async () => (await desk.tickets.list(desk.agent, {}, PAGE)).total;
    const tickets = await total();
    const upload_ids = ['there', 'gone'];
    expect(
      await refusalOf(createReplies(parts()).create(desk.requester, id, { body: 'x', upload_ids })),
    ).toBe('upload_not_found');
    const input = { subject: 'x', description: 'y', upload_ids };
    expect(await refusalOf(createTickets(parts()).create(desk.requester, input))).toBe('upload_not_found');
    expect((await desk.replies.list(desk.agent, id, PAGE)).total).toBe(0);
    expect(await desk.tickets.get(desk.agent, id)).toEqual(before);
    expect(await total()).toBe(tickets);
  });

  test('are not for people in copy', async () => {
    const { id } = await desk.open();
    const replies = createReplies(parts());
    const input = { body: 'see', upload_ids: ['there'] };
    expect(await refusalOf(replies.create(desk.participant, id, input))).toBe('forbidden');
  });
});
