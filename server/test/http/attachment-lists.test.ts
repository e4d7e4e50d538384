import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { json } from '../support/answers.ts';
import { type Client, note } from '../support/client.ts';
import { openTestDesk, type TestDesk } from '../support/desk.ts';
import { PNG } from '../support/samples.ts';

interface List {
  data: { id: string; created_at: string; file_name: string; uploaded_by: string }[];
  total: number;
  skip: number;
  limit: number;
}

let desk: TestDesk;
let requester: Client;
let agent: Client;
let participant: Client;
beforeAll(async () => {
  desk = await openTestDesk({ config: { maxFilesPerTicket: 1000, concurrentUploads: 100 } });
  [requester, agent, participant] = await Promise.all([
    desk.person('customer'),
    desk.person('agent'),
    desk.person('customer'),
  ]);
});
afterAll(() => desk?.close());

const openTicket = () => requester.openTicket({ participants: [participant.id] });

async function reply(by: Client, ticket: string, internal = false): Promise<string> {
  const answer = await by.post(`/tickets/${ticket}/replies`, { body: 'See here.', internal });
  return (await json<{ id: string }>(answer)).id;
}

async function attachToReply(by: Client, ticket: string, replyId: string, file = note()): Promise<string> {
  const answer = await by.upload(`/tickets/${ticket}/replies/${replyId}/attachments`, file);
  expect(answer.status).toBe(201);
  return (await json<{ id: string }>(answer)).id;
}

async function list(ticket: string, query = '', by = agent): Promise<List> {
  const answer = await by.get(`/tickets/${ticket}/attachments${query}`);
  expect(answer.status).toBe(200);
  return json<List>(answer);
}

async function idsOf(ticket: string, query = '', by = agent): Promise<string[]> {
  return (await list(ticket, query, by)).data.map(({ id }) => id);
}

describe('the files of a ticket', () => {
  let ticket: string;
  let ids: string[];
  beforeAll(async () => {
    ticket = await openTicket();
    ids = [];
    for (let count = 0; count < 25; count += 1) ids.push(await agent.attach(ticket, note(`${count}\n`)));
    // All but the first and the last at the very same moment.
    await sql`
      UPDATE ticket_attachments SET created_at = '2026-11-01'
      WHERE ticket_id = ${ticket} AND id <> ${ids[0]} AND id <> ${ids[24]}`.execute(desk.db);
    await sql`UPDATE ticket_attachments SET created_at = '2026-10-01' WHERE id = ${ids[0]}`.execute(desk.db);
  });

  test('come newest first, also those of one moment', async () => {
    expect(await idsOf(ticket, '?limit=100')).toEqual(ids.toReversed());
  });

  test('come twenty at a time unless asked otherwise', async () => {
    const { data, ...page } = await list(ticket);
    expect(data.map(({ id }) => id)).toEqual(ids.toReversed().slice(0, 20));
    expect(page).toEqual({ total: 25, deleted_total: 0, skip: 0, limit: 20 });
  });

  test('come page by page, each once', async () => {
    const seen: string[] = [];
    for (let skip = 0; skip < 30; skip += 7) {
      const { data, ...page } = await list(ticket, `?skip=${skip}&limit=7`);
      expect(page).toEqual({ total: 25, deleted_total: 0, skip, limit: 7 });
      seen.push(...data.map(({ id }) => id));
    }
    expect(seen).toEqual(ids.toReversed());
  });

  test.each([
    ['?limit=1', 1],
    ['?limit=100', 25],
    ['?skip=24', 1],
    ['?skip=25', 0],
    ['?skip=1000000', 0],
  ])('%s is a page of %i', async (query, length) => {
    const { data, total } = await list(ticket, query);
    expect(data).toHaveLength(length);
    expect(total).toBe(25);
  });

  test.each([
    ...['?limit=0', '?limit=101', '?limit=-1', '?limit=x', '?limit=1.5', '?limit=', '?limit=1e1000'],
    ...['?skip=-1', '?skip=x', '?skip=0.5', '?skip=1000001', '?skip=1&skip=2', '?skip[]=1', '?page=2'],
    ...['?uploaded_by=x', '?uploaded_by=', '?reply_id=1', '?on=x', '?virus_scan_status=fine', '?mime_type='],
    ...['?uploaded_by=%00', '?mime_type=%00', "?reply_id=' OR 1=1"],
  ])('%s is 400', async (query) => {
    const answer = await agent.get(`/tickets/${ticket}/attachments${query}`);
    expect(answer.status).toBe(400);
    expect((await json<{ code: string }>(answer)).code).toBe('request_invalid');
  });

  test('each say what the caller may do with them', async () => {
    const cans = async (by: Client) => {
      const { data } = await list(ticket, '?limit=1', by);
      return data.map((file) => (file as unknown as { can: object }).can);
    };
    const none = {
      preview: true,
      thumbnail: false,
      restore: false,
      release: false,
      rescan: false,
      hold: false,
    };
    expect(await cans(agent)).toEqual([{ ...none, download: true, edit: true, delete: true }]);
    expect(await cans(requester)).toEqual([{ ...none, download: true, edit: false, delete: false }]);
    const admin = await desk.person('admin');
    const all = { ...none, download: true, edit: true, delete: true, rescan: true, hold: true };
    expect(await cans(admin)).toEqual([all]);
  });
});

describe('filters', () => {
  let ticket: string;
  let publicReply: string;
  let internalReply: string;
  const file: Record<string, string> = {};
  beforeAll(async () => {
    ticket = await openTicket();
    file.text = await requester.attach(ticket);
    file.picture = await agent.attach(ticket, { name: 'pixel.png', bytes: PNG });
    publicReply = await reply(agent, ticket);
    internalReply = await reply(agent, ticket, true);
    file.shown = await attachToReply(agent, ticket, publicReply);
    file.hidden = await attachToReply(agent, ticket, internalReply);
    file.gone = await requester.attach(ticket);
    await requester.send('DELETE', `/attachments/${file.gone}`);
  });
  const named = (ids: string[]) =>
    ids.map((id) => Object.keys(file).find((name) => file[name] === id)).sort();

  test.each([
    ['', ['hidden', 'picture', 'shown', 'text']],
    ['?mime_type=image/png', ['picture']],
    ['?mime_type=text/plain', ['hidden', 'shown', 'text']],
    ['?mime_type=text/html', []],
    ['?mime_type=%25', []],
    ['?virus_scan_status=skipped', ['hidden', 'picture', 'shown', 'text']],
    ['?virus_scan_status=clean', []],
    ['?uploaded_by=requester', ['text']],
    ['?uploaded_by=agent', ['hidden', 'picture', 'shown']],
    ['?uploaded_by=participant', []],
    ['?reply_id=public', ['shown']],
    ['?reply_id=internal', ['hidden']],
    ['?on=ticket', ['picture', 'text']],
    ['?on=replies', ['hidden', 'shown']],
    ['?on=ticket&uploaded_by=agent', ['picture']],
    ['?on=ticket&reply_id=public', []],
    ['?uploaded_by=agent&mime_type=text/plain&reply_id=public', ['shown']],
    ['?uploaded_by=requester&reply_id=public', []],
  ])('%s: %j, and the total says how many', async (query, expected) => {
    const path = query
      .replace('by=requester', `by=${requester.id}`)
      .replace('by=agent', `by=${agent.id}`)
      .replace('by=participant', `by=${participant.id}`)
      .replace('id=public', `id=${publicReply}`)
      .replace('id=internal', `id=${internalReply}`);
    for (const by of [agent, requester, participant]) {
      const { data, total } = await list(ticket, path, by);
      const seen = by === agent ? expected : expected.filter((name) => name !== 'hidden');
      expect(named(data.map(({ id }) => id))).toEqual(seen);
      expect(total).toBe(seen.length);
      expect((await list(ticket, `${path}${path ? '&' : '?'}limit=1`, by)).total).toBe(seen.length);
    }
  });

  test('a reply of another ticket filters everything away', async () => {
    expect((await list(await openTicket(), `?reply_id=${publicReply}`)).total).toBe(0);
  });
});

describe('the files of a reply', () => {
  test('are its own, newest first, without pages', async () => {
    const ticket = await openTicket();
    const [mine, other] = [await reply(agent, ticket), await reply(agent, ticket)];
    await agent.attach(ticket);
    await attachToReply(agent, ticket, other);
    const ids = [];
    for (let count = 0; count < 3; count += 1) ids.push(await attachToReply(agent, ticket, mine));
    await agent.send('DELETE', `/attachments/${ids[1]}`);
    const answer = await requester.get(`/tickets/${ticket}/replies/${mine}/attachments`);
    const body = await json<List>(answer);
    expect(Object.keys(body).sort()).toEqual(['data', 'total']);
    expect(body.data.map(({ id }) => id)).toEqual([ids[2], ids[0]]);
    expect(body.total).toBe(2);
  });

  test('come with it in the list of replies, in the order they were attached', async () => {
    const ticket = await openTicket();
    const mine = await reply(agent, ticket);
    const ids = [await attachToReply(agent, ticket, mine), await attachToReply(agent, ticket, mine)];
    const answer = await requester.get(`/tickets/${ticket}/replies`);
    const { data } = await json<{ data: { attachments: { id: string }[] }[] }>(answer);
    expect(data.map(({ attachments }) => attachments.map(({ id }) => id))).toEqual([ids]);
  });
});

describe('a ticket counts its files', () => {
  const counts = (ticket: string) =>
    Promise.all(
      [requester, participant, agent].map(async (by) => {
        const one = await json<{ attachment_count: number }>(await by.get(`/tickets/${ticket}`));
        const all = await json<{ data: { id: string; attachment_count: number }[] }>(
          await by.get('/tickets'),
        );
        const listed = all.data.find(({ id }) => id === ticket)?.attachment_count;
        expect(listed).toBe(one.attachment_count);
        expect((await list(ticket, '', by)).total).toBe(one.attachment_count);
        return one.attachment_count;
      }),
    );

  test('those on internal replies for agents alone, and none that is deleted', async () => {
    const ticket = await openTicket();
    expect(await counts(ticket)).toEqual([0, 0, 0]);
    await requester.attach(ticket);
    await agent.attach(ticket);
    await attachToReply(agent, ticket, await reply(agent, ticket));
    expect(await counts(ticket)).toEqual([3, 3, 3]);
    const internal = await reply(agent, ticket, true);
    const hidden = [
      await attachToReply(agent, ticket, internal),
      await attachToReply(agent, ticket, internal),
    ];
    expect(await counts(ticket)).toEqual([3, 3, 5]);
    await agent.send('DELETE', `/attachments/${hidden[0]}`);
    expect(await counts(ticket)).toEqual([3, 3, 4]);
    for (const { id, uploaded_by } of (await list(ticket)).data) {
      if (uploaded_by === agent.id) await agent.send('DELETE', `/attachments/${id}`);
    }
    expect(await counts(ticket)).toEqual([1, 1, 1]);
  });

  test('those that came with it and with replies too', async () => {
    const ticket = await requester.openTicket({
      participants: [participant.id],
      upload_ids: [await requester.stage(), await requester.stage()],
    });
    expect(await counts(ticket)).toEqual([2, 2, 2]);
    const upload_ids = [await agent.stage()];
    await agent.post(`/tickets/${ticket}/replies`, { body: '', internal: true, upload_ids });
    expect(await counts(ticket)).toEqual([2, 2, 3]);
  });

  test('and an internal file leaves no trace in its times', async () => {
    const ticket = await openTicket();
    const internal = await reply(agent, ticket, true);
    const updated = async () =>
      (await json<{ updated_at: string }>(await requester.get(`/tickets/${ticket}`))).updated_at;
    const before = await updated();
    const hidden = await attachToReply(agent, ticket, internal);
    await agent.send('PATCH', `/attachments/${hidden}`, { description: 'secret' });
    await agent.send('DELETE', `/attachments/${hidden}`);
    expect(await updated()).toBe(before);
  });
});

describe('staged uploads', () => {
  test('are listed to their owner alone, newest first, page by page', async () => {
    const owner = await desk.person('customer');
    const ids: string[] = [];
    for (let count = 0; count < 5; count += 1) ids.push(await owner.stage());
    const page = async (query: string, by = owner) => json<List>(await by.get(`/uploads${query}`));
    expect((await page('')).data.map(({ id }) => id)).toEqual(ids.toReversed());
    const { data, ...rest } = await page('?skip=1&limit=2');
    expect(data.map(({ id }) => id)).toEqual([ids[3], ids[2]]);
    expect(rest).toEqual({ total: 5, skip: 1, limit: 2 });
    for (const by of [agent, await desk.person('admin')]) {
      expect((await page('', by)).data.filter(({ id }) => ids.includes(id))).toEqual([]);
    }
    await owner.send('DELETE', `/uploads/${ids[0]}`);
    await owner.openTicket({ upload_ids: [ids[1]] });
    expect((await page('')).data.map(({ id }) => id)).toEqual(ids.slice(2).reverse());
    expect((await page('')).total).toBe(3);
  });

  test.each(['?limit=0', '?limit=101', '?skip=-1', '?state=ready'])('%s is 400', async (query) => {
    expect((await requester.get(`/uploads${query}`)).status).toBe(400);
  });
});
