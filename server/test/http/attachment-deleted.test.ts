import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { json } from '../support/answers.ts';
import { type Client, idOf, note } from '../support/client.ts';
import { openTestDesk, type TestDesk } from '../support/desk.ts';

interface Deleted {
  id: string;
  deleted_at: string;
  deleted_by: { id: string; name: string };
  can: Record<string, boolean>;
}

let desk: TestDesk;
let requester: Client;
let participant: Client;
let agent: Client;
let colleague: Client;
let admin: Client;
beforeAll(async () => {
  desk = await openTestDesk();
  [requester, participant, agent, colleague, admin] = await Promise.all([
    desk.person('customer'),
    desk.person('customer'),
    desk.person('agent'),
    desk.person('agent'),
    desk.person('admin'),
  ]);
});
afterAll(() => desk?.close());

const openTicket = () => requester.openTicket({ participants: [participant.id] });
const deletes = (by: Client, id: string) => by.send('DELETE', `/attachments/${id}`);
const restores = (by: Client, id: string) => by.send('POST', `/attachments/${id}/restore`);

async function listed(ticket: string, by: Client, query = '') {
  const answer = await by.get(`/tickets/${ticket}/attachments/deleted${query}`);
  expect(answer.status).toBe(200);
  return json<{ data: Deleted[]; total: number; skip: number; limit: number }>(answer);
}
const idsOf = async (ticket: string, by: Client) => (await listed(ticket, by)).data.map(({ id }) => id);
/** As the list of the ticket's files tells it. */
const countOf = async (ticket: string, by: Client) =>
  (await json<{ deleted_total: number }>(await by.get(`/tickets/${ticket}/attachments`))).deleted_total;

async function attachInternally(by: Client, ticket: string): Promise<string> {
  const reply = await by.post(`/tickets/${ticket}/replies`, { body: 'Hm.', internal: true });
  const path = `/tickets/${ticket}/replies/${idOf(await reply.json())}/attachments`;
  return idOf(await (await by.upload(path, note())).json());
}

describe('the deleted files of a ticket', () => {
  test('are listed to those who may bring them back, and counted for them alone', async () => {
    const ticket = await openTicket();
    const [ofRequester, ofAgent] = [await requester.attach(ticket), await agent.attach(ticket)];
    const internal = await attachInternally(agent, ticket);
    await requester.attach(ticket);
    await deletes(requester, ofRequester);
    await deletes(admin, ofAgent);
    await deletes(agent, internal);

    const expected: [Client, string[]][] = [
      [requester, [ofRequester]],
      [participant, []],
      [agent, [internal, ofAgent]],
      [colleague, []],
      [admin, [internal, ofAgent, ofRequester]],
    ];
    for (const [by, ids] of expected) {
      expect(await idsOf(ticket, by)).toEqual(ids);
      expect(await countOf(ticket, by)).toBe(ids.length);
      const others = [ofRequester, ofAgent, internal].filter((id) => !ids.includes(id));
      for (const id of others) expect((await restores(by, id)).status).toBe(404);
    }
  });

  test('tell who deleted them and when, and can be restored and nothing else', async () => {
    const ticket = await openTicket();
    const id = await requester.attach(ticket, note('x', 'lost.txt'));
    await deletes(admin, id);
    const name = (await json<{ name: string }>(await admin.get('/me'))).name;
    const { data } = await listed(ticket, requester);
    expect(data).toMatchObject([{ id, file_name: 'lost.txt', deleted_by: { id: admin.id, name } }]);
    expect(Date.now() - Date.parse(data[0]?.deleted_at ?? '')).toBeLessThan(60_000);
    expect(Object.entries(data[0]?.can ?? {}).filter(([, may]) => may)).toEqual([['restore', true]]);

    expect((await restores(requester, id)).status).toBe(200);
    expect(await idsOf(ticket, requester)).toEqual([]);
    expect(await countOf(ticket, requester)).toBe(0);
  });

  test('are gone once they are purged', async () => {
    const ticket = await openTicket();
    const id = await requester.attach(ticket);
    await deletes(requester, id);
    await desk.db
      .updateTable('ticket_attachments')
      .set({ purged_at: new Date() })
      .where('id', '=', id)
      .execute();
    for (const by of [requester, admin]) {
      expect(await idsOf(ticket, by)).toEqual([]);
      expect(await countOf(ticket, by)).toBe(0);
    }
  });

  test('come last deleted first, page by page, and none of another ticket', async () => {
    const [ticket, other] = [await openTicket(), await openTicket()];
    const ids: string[] = [];
    for (let count = 0; count < 3; count += 1) ids.push(await requester.attach(ticket));
    for (const id of ids.toReversed()) await deletes(requester, id);
    await deletes(requester, await requester.attach(other));
    expect(await idsOf(ticket, requester)).toEqual(ids);
    const { data, ...page } = await listed(ticket, requester, '?skip=1&limit=1');
    expect(data.map(({ id }) => id)).toEqual([ids[1]]);
    expect(page).toEqual({ total: 3, skip: 1, limit: 1 });
  });

  test('that are internal are nothing to an agent who has become a customer', async () => {
    const ticket = await openTicket();
    const former = await desk.person('agent');
    const internal = await attachInternally(former, ticket);
    await deletes(former, internal);
    expect(await idsOf(ticket, former)).toEqual([internal]);
    await desk.services.accounts.people.change(former.id, { role: 'customer' });
    await agent.send('PATCH', `/tickets/${ticket}`, { participants: [former.id] });
    expect(await idsOf(ticket, former)).toEqual([]);
    expect(await countOf(ticket, former)).toBe(0);
    expect((await restores(former, internal)).status).toBe(404);
  });

  test('are narrowed by nothing that narrows the list of the others', async () => {
    const ticket = await openTicket();
    await deletes(requester, await requester.attach(ticket));
    const answer = await requester.get(`/tickets/${ticket}/attachments?mime_type=image/png`);
    expect(await json(answer)).toMatchObject({ total: 0, deleted_total: 1 });
  });
});
