import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { answerOf } from '../support/browser.ts';
import { type Client, idOf, note } from '../support/client.ts';
import { openTestDesk, type TestDesk } from '../support/desk.ts';
import { expectOrder } from '../support/disorder.ts';
import { expectProblem } from '../support/problem.ts';

const MAX_FILES = 3;

let desk: TestDesk;
let requester: Client;
let agent: Client;
let admin: Client;
beforeAll(async () => {
  desk = await openTestDesk({
    config: { maxFilesPerTicket: MAX_FILES, maxTotalSizePerTicket: 1000, maxFileSize: 1000 },
  });
  [requester, agent, admin] = await Promise.all([
    desk.person('customer'),
    desk.person('agent'),
    desk.person('admin'),
  ]);
});
afterAll(() => desk?.close());
afterEach(() => expectOrder(desk));

const deletes = (id: string, by = requester) => by.send('DELETE', `/attachments/${id}`);
const restores = async (id: string, by = requester) =>
  answerOf(await by.send('POST', `/attachments/${id}/restore`));
const countOn = async (ticket: string, by = requester) =>
  (await answerOf(await by.get(`/tickets/${ticket}`))).json.attachment_count;
const events = async (id: string) =>
  (
    await desk.db
      .selectFrom('attachment_events')
      .select(['event', 'actor_id'])
      .where('attachment_id', '=', id)
      .orderBy('seq')
      .execute()
  ).map(({ event, actor_id }) => [event, actor_id]);

test('brings a deleted file back as it was', async () => {
  const ticket = await requester.openTicket();
  const id = await requester.attach(ticket, note('Take me back.'));
  const before = (await answerOf(await requester.get(`/attachments/${id}`))).json;
  await deletes(id);

  const { status, json } = await restores(id);
  expect(status).toBe(200);
  expect(json).toEqual(before);
  expect((await answerOf(await requester.get(`/attachments/${id}`))).json).toEqual(before);
  expect(await (await agent.get(`/attachments/${id}/download`)).text()).toBe('Take me back.');
  expect(await countOn(ticket)).toBe(1);
  expect(await events(id)).toEqual([
    ['uploaded', requester.id],
    ['deleted', requester.id],
    ['restored', requester.id],
    ['downloaded', agent.id],
  ]);
});

test('of a file that is not deleted answers with it, and tells the audit nothing', async () => {
  const ticket = await requester.openTicket();
  const id = await requester.attach(ticket);
  await deletes(id);
  expect((await restores(id)).status).toBe(200);
  const again = await restores(id, admin);
  expect(again.status).toBe(200);
  expect(again.json.id).toBe(id);
  expect(await countOn(ticket)).toBe(1);
  expect((await events(id)).filter(([event]) => event === 'restored')).toHaveLength(1);
});

test('is for an admin too, and leaves no trace of who deleted it', async () => {
  const id = await requester.attach(await requester.openTicket());
  await deletes(id);
  expectProblem(await restores(id, agent), 404, 'attachment_not_found');
  expect((await restores(id, admin)).status).toBe(200);
  const row = await desk.db
    .selectFrom('ticket_attachments')
    .select(['deleted_at', 'deleted_by'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  expect(row).toEqual({ deleted_at: null, deleted_by: null });
});

test('ends where the file is purged', async () => {
  const id = await requester.attach(await requester.openTicket());
  await deletes(id);
  await desk.db
    .updateTable('ticket_attachments')
    .set({ purged_at: new Date() })
    .where('id', '=', id)
    .execute();
  expectProblem(await restores(id), 410, 'attachment_purged', { file_name: 'note.txt' });
  expectProblem(await restores(id, agent), 404, 'attachment_not_found');
});

describe('the limits of the ticket hold again', () => {
  test('in number', async () => {
    const ticket = await requester.openTicket();
    const id = await requester.attach(ticket);
    await deletes(id);
    for (let count = 0; count < MAX_FILES; count += 1) await requester.attach(ticket);
    const details = { limit: MAX_FILES, actual: MAX_FILES + 1 };
    expectProblem(await restores(id), 409, 'ticket_files_exceeded', details);
    expect(await countOn(ticket)).toBe(MAX_FILES);
    expect((await requester.get(`/attachments/${id}`)).status).toBe(404);
  });

  test('in size', async () => {
    const ticket = await requester.openTicket();
    const id = await requester.attach(ticket, note('x'.repeat(600)));
    await deletes(id);
    await requester.attach(ticket, note('x'.repeat(600)));
    expectProblem(await restores(id), 413, 'ticket_size_exceeded', { limit: 1000, actual: 1200 });
  });

  test('apart for what is internal, which stays so', async () => {
    const ticket = await requester.openTicket();
    for (let count = 0; count < MAX_FILES; count += 1) await requester.attach(ticket);
    const reply = await agent.post(`/tickets/${ticket}/replies`, { body: 'Hm.', internal: true });
    const path = `/tickets/${ticket}/replies/${idOf(await reply.json())}/attachments`;
    const id = idOf(await (await agent.upload(path, note())).json());
    await deletes(id, agent);
    expect((await restores(id, agent)).status).toBe(200);
    expect(await countOn(ticket)).toBe(MAX_FILES);
    expect(await countOn(ticket, agent)).toBe(MAX_FILES + 1);
    expect((await requester.get(`/attachments/${id}`)).status).toBe(404);
  });

  test('under any number of restores and uploads at once', async () => {
    const ticket = await requester.openTicket();
    const ids = [];
    for (let count = 0; count < MAX_FILES; count += 1) {
      const id = await requester.attach(ticket);
      await deletes(id);
      ids.push(id);
    }
    const path = `/tickets/${ticket}/attachments`;
    const answers = await Promise.all([
      ...ids.flatMap((id) => [restores(id), restores(id, admin)]),
      ...ids.map(async () => answerOf(await agent.upload(path, note()))),
    ]);
    // Who gets the last place is chance; that there is no other is not.
    expect([200, 201, 409]).toEqual(expect.arrayContaining(answers.map(({ status }) => status)));
    expect(await countOn(ticket)).toBe(MAX_FILES);
  });

  test('beside deletions, each counted once', async () => {
    const ticket = await requester.openTicket();
    const id = await requester.attach(ticket);
    await Promise.all(Array.from({ length: 8 }, (_, i) => (i % 2 ? restores(id) : deletes(id))));
    const there = (await requester.get(`/attachments/${id}`)).status === 200;
    expect(await countOn(ticket)).toBe(there ? 1 : 0);
  });
});
