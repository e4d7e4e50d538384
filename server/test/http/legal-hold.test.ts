import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { answerOf } from '../support/browser.ts';
import type { Client } from '../support/client.ts';
import { openTestDesk, type TestDesk } from '../support/desk.ts';
import { expectProblem } from '../support/problem.ts';

const NOTE = { file_name: 'note.txt' };
const REASON = 'Case 7 O 12/26';
const OVER = 'The case is closed.';

let desk: TestDesk;
let requester: Client;
let agent: Client;
let admin: Client;
let adminName: string;
beforeAll(async () => {
  desk = await openTestDesk();
  [requester, agent, admin] = await Promise.all([
    desk.person('customer'),
    desk.person('agent'),
    desk.person('admin', 'Ada Admin'),
  ]);
  adminName = (await answerOf(await admin.get('/me'))).json.name;
});
afterAll(() => desk?.close());

const holdOn = (path: string) => `${path}/legal-hold`;
const holds = async (path: string, reason = REASON) =>
  answerOf(await admin.send('PUT', holdOn(path), { reason }));
const lifts = async (path: string, reason = OVER) =>
  answerOf(await admin.send('DELETE', holdOn(path), { reason }));
const purges = async (id: string) =>
  answerOf(await admin.post(`/attachments/${id}/purge`, { reason: 'Gone.' }));
const isPurged = async (id: string) =>
  (
    await desk.db
      .selectFrom('ticket_attachments')
      .select('purged_at')
      .where('id', '=', id)
      .executeTakeFirstOrThrow()
  ).purged_at !== null;

/** A file whose time to come back was over long ago, unless something keeps it. */
async function deletedLongAgo(ticket: string): Promise<string> {
  const id = await requester.attach(ticket);
  await deletes(id);
  return id;
}
async function deletes(id: string): Promise<void> {
  await requester.send('DELETE', `/attachments/${id}`);
  await desk.db
    .updateTable('ticket_attachments')
    .set({ deleted_at: sql<Date>`now() - interval '100 days'` })
    .where('id', '=', id)
    .execute();
}

async function audited(ticket: string, attachment: string | null = null) {
  const rows = await desk.db
    .selectFrom('attachment_events')
    .select(['event', 'actor_id', 'detail'])
    .where('ticket_id', '=', ticket)
    .where('attachment_id', attachment === null ? 'is' : '=', attachment)
    .where('event', 'in', ['held', 'hold_lifted'])
    .orderBy('seq')
    .execute();
  return rows.map(({ event, actor_id, detail }) => [event, actor_id, detail]);
}

describe.each([
  ['a ticket', (ticket: string, _: string) => `/tickets/${ticket}`],
  ['a file', (_: string, id: string) => `/attachments/${id}`],
])('a legal hold on %s', (what, pathOf) => {
  async function held() {
    const ticket = await requester.openTicket();
    const id = await requester.attach(ticket);
    const path = pathOf(ticket, id);
    return { ticket, id, path, answer: await holds(path, ` ${REASON} `) };
  }

  test('is shown to agents and admins with who, when and why, and nothing of it to customers', async () => {
    const { path, answer } = await held();
    const legal_hold = { at: expect.any(String), by: { id: admin.id, name: adminName }, reason: REASON };
    expect(answer).toMatchObject({ status: 200, json: { legal_hold } });
    expect((await answerOf(await agent.get(path))).json).toMatchObject({ legal_hold, can: { hold: false } });
    expect((await answerOf(await admin.get(path))).json).toMatchObject({ legal_hold, can: { hold: true } });
    const { json } = await answerOf(await requester.get(path));
    expect(json).toMatchObject({ legal_hold: null, can: { hold: false } });
    expect(JSON.stringify(json)).not.toContain(REASON);
  });

  test('leaves no trace that a customer could see, not even a time', async () => {
    const ticket = await requester.openTicket();
    const path = pathOf(ticket, await requester.attach(ticket));
    const seen = async () => (await answerOf(await requester.get(path))).json;
    const before = await seen();
    await holds(path);
    expect(await seen()).toEqual(before);
    await lifts(path);
    expect(await seen()).toEqual(before);
  });

  test('keeps what is deleted from the sweep and from an admin, hidden as ever, until it is lifted', async () => {
    const { id, path } = await held();
    await deletes(id);
    expect((await requester.get(`/attachments/${id}/download`)).status).toBe(410);
    await desk.services.attachments.sweep('quick');
    expect(await isPurged(id)).toBe(false);
    expectProblem(await purges(id), 409, 'legal_hold', NOTE);

    expect(await lifts(path)).toMatchObject({ status: 200, json: { legal_hold: null } });
    await desk.services.attachments.sweep('quick');
    expect(await isPurged(id)).toBe(true);
  });

  test('is of no meaning for a restore', async () => {
    const { id } = await held();
    await deletes(id);
    const { status } = await answerOf(await requester.send('POST', `/attachments/${id}/restore`));
    expect(status).toBe(200);
  });

  test('is audited, each time with its reason; lifting what is not there is nothing', async () => {
    const { ticket, id, path } = await held();
    expect(await holds(path, 'Another case')).toMatchObject({
      json: { legal_hold: { reason: 'Another case' } },
    });
    await lifts(path);
    expect((await lifts(path)).status).toBe(200);
    expect(await audited(ticket, what === 'a file' ? id : null)).toEqual([
      ['held', admin.id, { reason: REASON }],
      ['held', admin.id, { reason: 'Another case' }],
      ['hold_lifted', admin.id, { reason: OVER }],
    ]);
  });

  test('needs a reason', async () => {
    const { path } = await held();
    expect((await holds(path, ' ')).status).toBe(400);
    expect((await lifts(path, '')).status).toBe(400);
    expect((await admin.send('DELETE', holdOn(path))).status).toBe(400);
  });

  test('and a sweep at once: what was told to be held is not purged', async () => {
    for (let round = 0; round < 8; round += 1) {
      const ticket = await requester.openTicket();
      const id = await deletedLongAgo(ticket);
      const [answer] = await Promise.all([
        holds(pathOf(ticket, id)),
        desk.services.attachments.sweep('quick'),
        round % 2 ? purges(id) : undefined,
      ]);
      const purgedBefore = await isPurged(id);
      await desk.services.attachments.sweep('quick');
      expect(await isPurged(id)).toBe(purgedBefore);
      if (what === 'a file') expect(answer.status).toBe(purgedBefore ? 410 : 200);
    }
  });
});

test('a file that is purged cannot be held any more', async () => {
  const id = await deletedLongAgo(await requester.openTicket());
  await desk.services.attachments.sweep('quick');
  expectProblem(await holds(`/attachments/${id}`), 410, 'attachment_purged', NOTE);
});

test('a hold on one file keeps no other, and one on a ticket no other ticket', async () => {
  const [ticket, other] = [await requester.openTicket(), await requester.openTicket()];
  const [held, beside, elsewhere] = [
    await deletedLongAgo(ticket),
    await deletedLongAgo(ticket),
    await deletedLongAgo(other),
  ];
  await holds(`/attachments/${held}`);
  await holds(`/tickets/${await requester.openTicket()}`);
  await desk.services.attachments.sweep('quick');
  expect(await Promise.all([held, beside, elsewhere].map(isPurged))).toEqual([false, true, true]);
});
