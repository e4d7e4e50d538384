import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { json, problem } from '../support/answers.ts';
import { type Client, note } from '../support/client.ts';
import { openTestDesk, type TestDesk } from '../support/desk.ts';

interface Attachment {
  id: string;
  reply_id: string;
  file_name: string;
}
interface Reply {
  id: string;
  body: string;
  internal: boolean;
  attachments: Attachment[];
}
interface Page {
  data: Reply[];
  total: number;
  skip: number;
  limit: number;
}

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

const NOWHERE = '00000000-0000-7000-8000-000000000000';
const open = () => requester.openTicket({ participants: [participant.id] });
const write = (who: Client, ticket: string, body: object) => who.post(`/tickets/${ticket}/replies`, body);

async function listed(who: Client, ticket: string, query = ''): Promise<Page> {
  return json(await who.get(`/tickets/${ticket}/replies${query}`));
}
async function statusOf(ticket: string): Promise<string> {
  return (await json<{ status: string }>(await agent.get(`/tickets/${ticket}`))).status;
}

describe('POST /tickets/{ticket_id}/replies', () => {
  test('answers 201 with the reply to whoever sees the ticket', async () => {
    const ticket_id = await open();
    for (const who of [requester, participant, agent, admin]) {
      const response = await write(who, ticket_id, { body: '# Yes\r\n<b>' });
      expect(response.status).toBe(201);
      expect(await json(response)).toEqual({
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        ticket_id,
        author: { id: who.id, name: expect.any(String) },
        body: '# Yes\r\n<b>',
        internal: false,
        attachments: [],
        created_at: expect.stringMatching(/Z$/),
      });
    }
    expect((await listed(requester, ticket_id)).total).toBe(4);
  });

  test('401 for nobody, 403 for a stranger, 404 where there is no ticket', async () => {
    const id = await open();
    const say = { body: 'hello' };
    expect(await problem(await write(desk.anonymous, id, say))).toEqual([401, 'not_signed_in']);
    expect(await problem(await write(stranger, id, say))).toEqual([403, 'forbidden']);
    expect(await problem(await write(agent, NOWHERE, say))).toEqual([404, 'ticket_not_found']);
    expect(await problem(await write(agent, 'nonsense', say))).toEqual([404, 'not_found']);
    expect(await problem(await agent.get(`/tickets/${NOWHERE}/replies`))).toEqual([404, 'ticket_not_found']);
    expect(await problem(await stranger.get(`/tickets/${id}/replies`))).toEqual([403, 'forbidden']);
  });

  test.each([
    ['no body', {}],
    ['an empty one', { body: '' }],
    ['a blank one', { body: ' \n' }],
    ['an empty one with no upload', { body: '', upload_ids: [] }],
    ['one of 65,537 characters', { body: 'x'.repeat(65_537) }],
    ['NUL in it', { body: 'a\u0000b' }],
    ['internal as text', { body: 'x', internal: 'true' }],
    ['an unknown field', { body: 'x', author: 'y' }],
  ])('%s: 400', async (_, body) => {
    expect(await problem(await write(requester, await open(), body))).toEqual([400, 'request_invalid']);
  });

  test('a closed ticket takes none: 409', async () => {
    const id = await open();
    await agent.send('PATCH', `/tickets/${id}`, { status: 'closed' });
    for (const who of [requester, participant, agent, admin]) {
      expect(await problem(await write(who, id, { body: 'x' }))).toEqual([409, 'ticket_closed']);
    }
    expect((await listed(requester, id)).total).toBe(0);
  });

  test.each(['pending', 'solved'])(
    'a customer opens a %s ticket again, an agent does not',
    async (status) => {
      const id = await open();
      await agent.send('PATCH', `/tickets/${id}`, { status });
      await write(agent, id, { body: 'x' });
      expect(await statusOf(id)).toBe(status);
      await write(participant, id, { body: 'x' });
      expect(await statusOf(id)).toBe('open');
    },
  );

  test('takes its files along, with words or without, or is not written at all', async () => {
    const id = await open();
    const upload = await requester.stage(note('one', 'one.txt'));
    const reply = await json<Reply>(await write(requester, id, { body: '', upload_ids: [upload] }));
    expect(reply.attachments).toMatchObject([{ reply_id: reply.id, file_name: 'one.txt' }]);
    const [attachment] = reply.attachments;
    const bytes = await participant.get(`/attachments/${attachment?.id}/download`);
    expect(await bytes.text()).toBe('one');
    const again = await write(requester, id, { body: 'x', upload_ids: [upload] });
    expect(await problem(again)).toEqual([404, 'upload_not_found']);
    expect((await listed(requester, id)).data).toEqual([reply]);
  });

  test('people in copy bring no files: 403, and their upload stays theirs', async () => {
    const id = await open();
    const upload = await participant.stage();
    const response = await write(participant, id, { body: 'see', upload_ids: [upload] });
    expect(await problem(response)).toEqual([403, 'forbidden']);
    expect((await participant.get(`/uploads/${upload}`)).status).toBe(200);
  });
});

describe('internal replies', () => {
  test('exist for agents and admins alone: list, totals, counts, files', async () => {
    const id = await open();
    await write(requester, id, { body: 'public' });
    const upload = await agent.stage(note('secret', 'secret.txt'));
    const internal = await json<Reply>(
      await write(agent, id, { body: 'between us', internal: true, upload_ids: [upload] }),
    );
    expect(internal.internal).toBe(true);
    const [file] = internal.attachments;
    const count = async (who: Client) =>
      (await json<{ attachment_count: number }>(await who.get(`/tickets/${id}`))).attachment_count;
    for (const who of [agent, admin]) {
      expect((await listed(who, id)).data.map((reply) => reply.body)).toEqual(['public', 'between us']);
      expect(await count(who)).toBe(1);
      expect((await who.get(`/attachments/${file?.id}`)).status).toBe(200);
    }
    for (const who of [requester, participant]) {
      const { data, total } = await listed(who, id);
      expect([total, data.map((reply) => reply.body)]).toEqual([1, ['public']]);
      expect(await count(who)).toBe(0);
      expect((await json<{ total: number }>(await who.get(`/tickets/${id}/attachments`))).total).toBe(0);
      for (const path of ['', '/download']) {
        expect((await who.get(`/attachments/${file?.id}${path}`)).status).toBe(404);
      }
      const ofReply = `/tickets/${id}/replies/${internal.id}/attachments`;
      expect(await problem(await who.get(ofReply))).toEqual([404, 'reply_not_found']);
      expect(await problem(await who.upload(ofReply, note()))).toEqual([404, 'reply_not_found']);
      expect(await problem(await write(who, id, { body: 'psst', internal: true }))).toEqual([
        403,
        'forbidden',
      ]);
    }
    expect((await stranger.get(`/attachments/${file?.id}`)).status).toBe(404);
  });
});

describe('files on replies', () => {
  test('are put there by the author alone, who must be allowed to attach', async () => {
    const id = await open();
    const [mine, theirs, agents] = [
      await json<Reply>(await write(requester, id, { body: 'mine' })),
      await json<Reply>(await write(participant, id, { body: 'theirs' })),
      await json<Reply>(await write(agent, id, { body: 'of the desk' })),
    ];
    const attach = async (who: Client, reply: Reply) =>
      (await who.upload(`/tickets/${id}/replies/${reply.id}/attachments`, note())).status;
    expect(await attach(requester, mine)).toBe(201);
    expect(await attach(agent, agents)).toBe(201);
    expect(await attach(participant, theirs)).toBe(403);
    expect(await attach(agent, mine)).toBe(403);
    expect(await attach(admin, agents)).toBe(403);
    expect(await attach(stranger, mine)).toBe(403);
    const { data } = await listed(participant, id);
    expect(data.map((reply) => reply.attachments.length)).toEqual([1, 0, 1]);
  });
});

describe('GET /tickets/{ticket_id}/replies', () => {
  test('pages in the order of writing', async () => {
    const id = await open();
    for (let count = 0; count < 22; count += 1) await write(requester, id, { body: `${count}` });
    const bodies = async (query: string) => {
      const page = await listed(requester, id, query);
      expect(page.total).toBe(22);
      return page.data.map((reply) => Number(reply.body));
    };
    expect(await bodies('')).toEqual(Array.from({ length: 20 }, (_, index) => index));
    expect(await bodies('?skip=20')).toEqual([20, 21]);
    expect(await bodies('?skip=1&limit=2')).toEqual([1, 2]);
  });

  test.each(['skip=-1', 'skip=', 'limit=0', 'limit=101', 'limit=abc', 'limit=', 'author=x'])(
    '?%s: 400',
    async (query) => {
      const id = await open();
      expect(await problem(await agent.get(`/tickets/${id}/replies?${query}`))).toEqual([
        400,
        'request_invalid',
      ]);
    },
  );
});

test('of replies and a closing at once, what was acknowledged is there and the rest was refused', async () => {
  const id = await open();
  const replies = Array.from({ length: 10 }, (_, index) =>
    write(index % 2 ? agent : requester, id, { body: `${index}` }),
  );
  const closing = admin.send('PATCH', `/tickets/${id}`, { status: 'closed' });
  const statuses = (await Promise.all(replies)).map((response) => response.status);
  expect((await closing).status).toBe(200);
  expect(statuses.every((status) => status === 201 || status === 409)).toBe(true);
  expect((await listed(agent, id)).total).toBe(statuses.filter((status) => status === 201).length);
  expect(await statusOf(id)).toBe('closed');
});
