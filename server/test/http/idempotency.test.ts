import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { json, problem } from '../support/answers.ts';
import { type Client, note } from '../support/client.ts';
import { openTestDesk, type TestDesk } from '../support/desk.ts';

let desk: TestDesk;
let requester: Client;
let other: Client;
let agent: Client;

beforeAll(async () => {
  desk = await openTestDesk();
  [requester, other, agent] = await Promise.all([
    desk.person('customer'),
    desk.person('customer'),
    desk.person('agent'),
  ]);
});
afterAll(() => desk.close());

interface Identified {
  id: string;
}

const TICKET = { subject: 'Once', description: 'and no more' };
const key = (value: string) => ({ 'idempotency-key': value });
let keys = 0;
const newKey = () => {
  keys += 1;
  return key(`key-${keys}`);
};

async function ticketsOf(who: Client): Promise<number> {
  return (await json<{ total: number }>(await who.get('/tickets?limit=1'))).total;
}

describe('a repeat with the same Idempotency-Key', () => {
  test('gets the first answer and creates nothing', async () => {
    const headers = newKey();
    const before = await ticketsOf(requester);
    const first = await requester.post('/tickets', TICKET, headers);
    const ticket = await json<Identified>(first);
    await agent.send('PATCH', `/tickets/${ticket.id}`, { status: 'solved' });
    const repeat = await requester.post('/tickets', TICKET, headers);
    expect([first.status, repeat.status]).toEqual([201, 201]);
    expect(await repeat.json()).toEqual(ticket);
    expect(await ticketsOf(requester)).toBe(before + 1);

    const reply = { body: 'once' };
    const path = `/tickets/${ticket.id}/replies`;
    const replyKey = newKey();
    const written = await (await requester.post(path, reply, replyKey)).json();
    await agent.send('PATCH', `/tickets/${ticket.id}`, { status: 'closed' });
    const again = await requester.post(path, reply, replyKey);
    expect([again.status, await again.json()]).toEqual([201, written]);
    expect(await (await requester.get(path)).json()).toMatchObject({ total: 1, data: [written] });
  });

  test('that comes while the first is still running waits for its answer', async () => {
    const before = await ticketsOf(requester);
    const headers = newKey();
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => requester.post('/tickets', TICKET, headers)),
    );
    expect(answers.map((answer) => answer.status)).toEqual(Array(8).fill(201));
    const ids = await Promise.all(
      answers.map(async (answer) => ((await answer.json()) as { id: string }).id),
    );
    expect(new Set(ids).size).toBe(1);
    expect(await ticketsOf(requester)).toBe(before + 1);
  });

  test('claims its uploads once', async () => {
    const upload_ids = [await requester.stage(note())];
    const headers = newKey();
    const [first, repeat] = [
      await requester.post('/tickets', { ...TICKET, upload_ids }, headers),
      await requester.post('/tickets', { ...TICKET, upload_ids }, headers),
    ];
    expect([first.status, repeat.status]).toEqual([201, 201]);
    expect(await repeat.json()).toEqual(await first.json());
  });
});

test('the same key with another request is 422, and creates nothing', async () => {
  const headers = newKey();
  const first = await requester.post('/tickets', TICKET, headers);
  const { id } = await json<Identified>(first);
  const before = await ticketsOf(requester);
  const others = [
    await requester.post('/tickets', { ...TICKET, subject: 'Twice' }, headers),
    await requester.post(`/tickets/${id}/replies`, { body: 'x' }, headers),
  ];
  for (const response of others) {
    expect(await problem(response)).toEqual([422, 'idempotency_key_reused']);
  }
  expect(await ticketsOf(requester)).toBe(before);
});

test('another person with the same key makes another request', async () => {
  const headers = newKey();
  const one = await json<Identified>(await requester.post('/tickets', TICKET, headers));
  const two = await json<Identified>(await other.post('/tickets', TICKET, headers));
  expect(two.id).not.toBe(one.id);
});

test('a refused request does not use its key up', async () => {
  const headers = newKey();
  const path = `/tickets/${await requester.openTicket()}/replies`;
  expect((await other.post(path, { body: 'x' }, headers)).status).toBe(403);
  const ticket = path.split('/')[2];
  await requester.send('PATCH', `/tickets/${ticket}`, { participants: [other.id] });
  expect((await other.post(path, { body: 'x' }, headers)).status).toBe(201);
});

test('a key is 1 to 255 visible ASCII characters', async () => {
  for (const value of ['', 'a b', 'x'.repeat(256), 'clé', 'a\tb']) {
    const response = await requester.post('/tickets', TICKET, key(value));
    expect([response.status, await response.json()]).toMatchObject([
      400,
      { code: 'idempotency_key_invalid' },
    ]);
  }
  for (const value of ['!', '~'.repeat(255)]) {
    expect((await requester.post('/tickets', TICKET, key(value))).status).toBe(201);
  }
});
