import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { answerOf } from '../support/browser.ts';
import { type Client, note } from '../support/client.ts';
import { openTestDesk, type TestDesk } from '../support/desk.ts';
import { expectOrder } from '../support/disorder.ts';
import { expectProblem } from '../support/problem.ts';

const NOTE = { file_name: 'note.txt' };
const REASON = 'Sent to us by mistake: another client’s contract.';

let desk: TestDesk;
let requester: Client;
let agent: Client;
let admin: Client;
beforeAll(async () => {
  desk = await openTestDesk();
  [requester, agent, admin] = await Promise.all([
    desk.person('customer'),
    desk.person('agent'),
    desk.person('admin'),
  ]);
});
afterAll(() => desk?.close());
afterEach(() => expectOrder(desk));

const deletes = (id: string, by = requester) => by.send('DELETE', `/attachments/${id}`);
const purges = async (id: string, reason = REASON, by = admin) =>
  answerOf(await by.post(`/attachments/${id}/purge`, { reason }));
const restores = async (id: string) => answerOf(await requester.send('POST', `/attachments/${id}/restore`));
const rowOf = (id: string) =>
  desk.db.selectFrom('ticket_attachments').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
const countOn = async (ticket: string) =>
  (await answerOf(await requester.get(`/tickets/${ticket}`))).json.attachment_count;
const lastEvent = (id: string) =>
  desk.db
    .selectFrom('attachment_events')
    .select(['event', 'actor_id', 'detail'])
    .where('attachment_id', '=', id)
    .orderBy('seq', 'desc')
    .executeTakeFirstOrThrow();

async function inQuarantine(ticket: string): Promise<string> {
  const id = await requester.attach(ticket);
  await desk.db
    .updateTable('ticket_attachments')
    .set({ virus_scan_status: 'quarantined' })
    .where('id', '=', id)
    .execute();
  return id;
}

describe('an admin gives up for good', () => {
  test('a deleted file before its time: its bytes go at once, and who, when and why stays', async () => {
    const ticket = await requester.openTicket();
    const id = await requester.attach(ticket);
    await deletes(id);
    expect((await purges(id, `  ${REASON} `)).status).toBe(204);
    expect(await rowOf(id)).toMatchObject({
      ...{ deleted_by: requester.id, purged_by: admin.id, purge_reason: REASON },
      ...{ purged_at: expect.any(Date), bytes_gone_at: expect.any(Date) },
    });
    expect(await lastEvent(id)).toEqual({
      ...{ event: 'purged', actor_id: admin.id },
      detail: { why: 'admin', reason: REASON },
    });
    expect(await countOn(ticket)).toBe(0);
  });

  test('a file in quarantine that nobody has deleted: its place on the ticket is free', async () => {
    const ticket = await requester.openTicket();
    const id = await inQuarantine(ticket);
    expect((await purges(id)).status).toBe(204);
    expect(await rowOf(id)).toMatchObject({ deleted_by: admin.id, purged_by: admin.id });
    expect(await countOn(ticket)).toBe(0);
    const { json } = await answerOf(await agent.get('/attachments/blocked'));
    expect(JSON.stringify(json)).not.toContain(id);
  });

  test('no file that is live and held for nothing', async () => {
    const id = await requester.attach(await requester.openTicket());
    expectProblem(await purges(id), 409, 'not_purgeable', NOTE);
    expect((await requester.get(`/attachments/${id}/download`)).status).toBe(200);
  });

  test('nothing twice, and nothing without a reason', async () => {
    const id = await requester.attach(await requester.openTicket());
    await deletes(id);
    expect((await purges(id, ' ')).status).toBe(400);
    const answers = await Promise.all([purges(id), purges(id), purges(id)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 410, 410]);
    expectProblem(await purges(id), 410, 'attachment_purged', NOTE);
  });
});

test('what is purged is 410 to those who could have read it, and tells them neither who nor why', async () => {
  const id = await requester.attach(await requester.openTicket(), note('x'));
  await deletes(id);
  await purges(id);
  for (const by of [requester, agent, admin]) {
    for (const path of ['download', 'preview', 'thumbnail']) {
      const answer = await answerOf(await by.get(`/attachments/${id}/${path}`));
      expectProblem(answer, 410, 'attachment_purged', NOTE);
      expect(JSON.stringify(answer.json)).not.toContain('mistake');
    }
  }
  const stranger = await desk.person('customer');
  expect((await stranger.get(`/attachments/${id}/download`)).status).toBe(403);
});

test('purged and restored at once, one of them wins wholly', async () => {
  for (let round = 0; round < 8; round += 1) {
    const ticket = await requester.openTicket();
    const id = await requester.attach(ticket, note('Whose am I?'));
    await deletes(id);
    const [restored, purged] = await Promise.all([restores(id), purges(id)]);
    const download = await requester.get(`/attachments/${id}/download`);
    if (purged.status === 204) {
      expectProblem(restored, 410, 'attachment_purged', NOTE);
      expectProblem(await answerOf(download), 410, 'attachment_purged', NOTE);
      expect(await countOn(ticket)).toBe(0);
    } else {
      expectProblem(purged, 409, 'not_purgeable', NOTE);
      expect(restored.status).toBe(200);
      expect(await download.text()).toBe('Whose am I?');
      expect(await countOn(ticket)).toBe(1);
    }
  }
});
