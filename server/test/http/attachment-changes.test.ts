import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { answerOf } from '../support/browser.ts';
import { type Client, note } from '../support/client.ts';
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
    config: {
      ...{ maxFilesPerTicket: MAX_FILES, maxTotalSizePerTicket: 1000, maxFileSize: 1000 },
      ...{ concurrentUploads: 7, uploadsPerMinute: 1234, allow7z: true },
    },
  });
  [requester, agent, admin] = await Promise.all([
    desk.person('customer'),
    desk.person('agent'),
    desk.person('admin'),
  ]);
});
afterAll(() => desk?.close());
afterEach(() => expectOrder(desk));

const events = async (id: string) =>
  (
    await desk.db
      .selectFrom('attachment_events')
      .select(['event', 'actor_id'])
      .where('attachment_id', '=', id)
      .orderBy('seq')
      .execute()
  ).map(({ event, actor_id }) => [event, actor_id]);

describe('one file', () => {
  test('is told of as when it came', async () => {
    const ticket = await requester.openTicket();
    const created = await answerOf(await requester.upload(`/tickets/${ticket}/attachments`, note()));
    const { status, json } = await answerOf(await requester.get(`/attachments/${created.json.id}`));
    expect(status).toBe(200);
    expect(json).toEqual(created.json);
  });
});

describe('its description', () => {
  let id: string;
  const describe_ = async (description: unknown, by = requester) =>
    answerOf(await by.send('PATCH', `/attachments/${id}`, { description }));
  beforeAll(async () => {
    id = await requester.attach(await requester.openTicket());
  });

  test.each([
    ['words', 'The hall printer', 'The hall printer'],
    ['500 characters', 'x'.repeat(500), 'x'.repeat(500)],
    ['500 emoji', '🔥'.repeat(500), '🔥'.repeat(500)],
    ['lines', 'a\r\nb\tc', 'a\r\nb\tc'],
    ['markup', '<b>"it\'s"</b> & \\ %00', '<b>"it\'s"</b> & \\ %00'],
    ['spaces around it, which go', '  words \n', 'words'],
    ['nothing', '', null],
    ['blanks', ' \n ', null],
    ['null', null, null],
    ['half a character, which no text can hold', 'a\ud800b', 'a\ufffdb'],
  ])('may be %s', async (_, description, kept) => {
    const { status, json } = await describe_(description);
    expect(status).toBe(200);
    expect(json).toMatchObject({ id, description: kept, uploaded_by: requester.id });
    expect((await answerOf(await agent.get(`/attachments/${id}`))).json.description).toBe(kept);
  });

  test.each([
    ['501 characters', 'x'.repeat(501)],
    ['a NUL', 'a\0b'],
    ['a number', 7],
    ['a list', ['a']],
    ['an object', { toString: 'x' }],
    ['a boolean', true],
  ])('is refused as %s, and stays as it was', async (_, description) => {
    await describe_('as it was');
    expectProblem(await describe_(description), 400, 'request_invalid', { actual: expect.any(String) });
    expect((await answerOf(await requester.get(`/attachments/${id}`))).json.description).toBe('as it was');
  });

  test.each([
    ['nothing', {}],
    ['another field', { description: 'x', file_name: 'x.exe' }],
    ['its type', { mime_type: 'text/html' }],
    ['its owner', { description: 'x', uploaded_by: 'x' }],
    ['its verdict', { description: 'x', virus_scan_status: 'clean' }],
    ['a list', []],
    ['a prototype', JSON.parse('{"description": "x", "__proto__": {"a": 1}}')],
  ])('is all that can be changed: %s is 400', async (_, body) => {
    const answer = await answerOf(await requester.send('PATCH', `/attachments/${id}`, body));
    expect(answer.status).toBe(400);
  });

  test.each([
    ['broken JSON', '{"description": "x"', 'application/json', 400],
    ['no body', '', 'application/json', 400],
    ['a form', 'description=x', 'application/x-www-form-urlencoded', 415],
    ['text', 'x', 'text/plain', 415],
  ])('%s is refused', async (_, body, type, status) => {
    const headers = { 'content-type': type };
    const answer = await requester.fetch(`/attachments/${id}`, { method: 'PATCH', body, headers });
    expect(answer.status).toBe(status);
  });

  test('by an admin is written into the audit as theirs', async () => {
    const mine = await requester.attach(await requester.openTicket());
    await admin.send('PATCH', `/attachments/${mine}`, { description: 'See page 3' });
    expect(await events(mine)).toEqual([
      ['uploaded', requester.id],
      ['edited', admin.id],
    ]);
  });
});

describe('deleting', () => {
  const deletes = async (id: string, by = requester) =>
    answerOf(await by.send('DELETE', `/attachments/${id}`));

  test('is 204 once and 404 from then on, and nothing of it is listed', async () => {
    const ticket = await requester.openTicket();
    const id = await requester.attach(ticket);
    const answer = await deletes(id);
    expect(answer.status).toBe(204);
    expect(answer.headers.get('content-type')).toBeNull();
    expectProblem(await deletes(id), 404, 'attachment_not_found');
    expectProblem(await answerOf(await requester.get(`/attachments/${id}`)), 404, 'attachment_not_found');
    const patched = await requester.send('PATCH', `/attachments/${id}`, { description: 'x' });
    expectProblem(await answerOf(patched), 404, 'attachment_not_found');
    expectProblem(
      await answerOf(await requester.get(`/attachments/${id}/download`)),
      410,
      'attachment_deleted',
      { file_name: 'note.txt' },
    );
    expect(await events(id)).toEqual([
      ['uploaded', requester.id],
      ['deleted', requester.id],
    ]);
  });

  test('gives up its place at once, in number and in size', async () => {
    const ticket = await requester.openTicket();
    const path = `/tickets/${ticket}/attachments`;
    const ids = [];
    for (let count = 0; count < MAX_FILES; count += 1) ids.push(await requester.attach(ticket));
    expect((await requester.upload(path, note())).status).toBe(409);
    await deletes(ids[0] ?? '');
    await requester.attach(ticket);
    expect((await requester.upload(path, note())).status).toBe(409);

    const heavy = await requester.openTicket();
    const most = note('x'.repeat(999));
    const id = await requester.attach(heavy, most);
    expect((await requester.upload(`/tickets/${heavy}/attachments`, most)).status).toBe(413);
    await deletes(id);
    await requester.attach(heavy, most);
  });

  test('by two at once: one deletes, the other finds nothing, and it is counted once', async () => {
    for (let round = 0; round < 5; round += 1) {
      const ticket = await requester.openTicket();
      const [id] = [await requester.attach(ticket), await requester.attach(ticket)];
      const answers = await Promise.all([deletes(id), deletes(id, admin), deletes(id), deletes(id, admin)]);
      expect(answers.map(({ status }) => status).sort()).toEqual([204, 404, 404, 404]);
      const { json } = await answerOf(await requester.get(`/tickets/${ticket}`));
      expect(json.attachment_count).toBe(1);
      expect((await events(id)).filter(([event]) => event === 'deleted')).toHaveLength(1);
    }
  });

  test('beside uploads never lets in more than there is room for', async () => {
    const ticket = await requester.openTicket();
    const ids = [];
    for (let count = 0; count < MAX_FILES; count += 1) ids.push(await requester.attach(ticket));
    const uploads = Array.from({ length: 6 }, () => agent.upload(`/tickets/${ticket}/attachments`, note()));
    const [answers] = await Promise.all([Promise.all(uploads), Promise.all(ids.map((id) => deletes(id)))]);
    const taken = answers.filter(({ status }) => status === 201).length;
    const { json } = await answerOf(await requester.get(`/tickets/${ticket}`));
    expect(json.attachment_count).toBe(taken);
    expect(taken).toBeLessThanOrEqual(MAX_FILES);
  });

  test('is possible on a closed ticket', async () => {
    const ticket = await requester.openTicket();
    const id = await requester.attach(ticket);
    await agent.send('PATCH', `/tickets/${ticket}`, { status: 'closed' });
    expect((await deletes(id)).status).toBe(204);
  });

  test('with a body is no different', async () => {
    const id = await requester.attach(await requester.openTicket());
    const answer = await requester.send('DELETE', `/attachments/${id}`, { permanently: true });
    expect(answer.status).toBe(204);
  });
});

describe('the policy', () => {
  test('says what holds here', async () => {
    const { status, json } = await answerOf(await requester.get('/attachments/policy'));
    expect(status).toBe(200);
    expect(json).toEqual({
      max_file_size: 1000,
      max_files_per_ticket: MAX_FILES,
      max_total_size_per_ticket: 1000,
      max_description_length: 500,
      uploads_per_minute: 1234,
      concurrent_uploads: 7,
      max_staged_files: 40,
      max_staged_size: 524_288_000,
      resumable: { above: 10_485_760, chunk_size: 8_388_608 },
      scanning: false,
      accepted: expect.arrayContaining([
        { extension: 'pdf', mime_type: 'application/pdf' },
        { extension: '7z', mime_type: 'application/x-7z-compressed' },
      ]),
    });
    const extensions = json.accepted.map(({ extension }: { extension: string }) => extension);
    const specified = 'pdf doc docx xls xlsx ppt pptx txt csv jpg jpeg png gif zip 7z';
    expect(extensions).toEqual(specified.split(' '));
  });

  test('tells who may not ask nothing', async () => {
    expectProblem(await answerOf(await desk.anonymous.get('/attachments/policy')), 401, 'not_signed_in');
  });
});
