import { createHash, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Answer, answerOf } from '../support/browser.ts';
import { type Client, note } from '../support/client.ts';
import { openTestDesk, type TestDesk } from '../support/desk.ts';
import { expectOrder, filesBelow } from '../support/disorder.ts';
import { fieldPart, filePart, form, post } from '../support/form.ts';
import { expectProblem } from '../support/problem.ts';
import { PNG, textOf } from '../support/samples.ts';

const MAX_STAGED_FILES = 6;
const MAX_STAGED_SIZE = 500_000;
const MAX_FILES = 3;
const MAX_TOTAL_SIZE = 400_000;

let desk: TestDesk;
let owner: Client;
let agent: Client;
let admin: Client;

beforeAll(async () => {
  desk = await openTestDesk({
    config: { maxFileSize: 400_000, maxFilesPerTicket: MAX_FILES, maxTotalSizePerTicket: MAX_TOTAL_SIZE },
    bounds: { maxStagedFiles: MAX_STAGED_FILES, maxStagedSize: MAX_STAGED_SIZE },
  });
  [owner, agent, admin] = await Promise.all([
    desk.person('customer'),
    desk.person('agent'),
    desk.person('admin'),
  ]);
});
beforeEach(async () => {
  for (const person of [owner, agent]) {
    for (const { id } of await stagedBy(person)) await person.send('DELETE', `/uploads/${id}`);
  }
});
afterAll(() => desk?.close());
afterEach(() => expectOrder(desk));

async function stagedBy(person: Client): Promise<{ id: string }[]> {
  return (await answerOf(await person.get('/uploads?limit=100'))).json.data;
}

async function get(person: Client, path: string): Promise<Answer> {
  return answerOf(await person.get(path));
}

async function send(person: Client, method: string, path: string, body?: unknown): Promise<Answer> {
  return answerOf(await person.send(method, path, body));
}

describe('a staged file', () => {
  test('is answered with 201 and everything that is known of it', async () => {
    const body = form([filePart(PNG, 'pixel.png'), fieldPart('description', 'One pixel')]);
    const { status, headers, json } = await post(owner, '/uploads', body);
    expect(status).toBe(201);
    expect(headers.get('content-type')).toMatch(/^application\/json/);
    expect(json).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      state: 'ready',
      file_name: 'pixel.png',
      file_size: PNG.length,
      mime_type: 'image/png',
      description: 'One pixel',
      sha256: createHash('sha256').update(PNG).digest('hex'),
      warnings: [],
      virus_scan_status: 'skipped',
      virus_scan_timestamp: null,
      virus_scan_result: null,
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      expires_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    });
    expect(Date.parse(json.expires_at) - Date.parse(json.created_at)).toBe(24 * 3_600_000);
    expect((await get(owner, `/uploads/${json.id}`)).json).toEqual(json);
  });

  test('is in its owner’s list, newest first, a page at a time', async () => {
    const ids = [];
    for (let at = 0; at < 3; at += 1) ids.unshift(await owner.stage());
    const { json } = await get(owner, '/uploads');
    expect(json).toMatchObject({ total: 3, skip: 0, limit: 20 });
    expect(json.data.map(({ id }: { id: string }) => id)).toEqual(ids);
    const page = await get(owner, '/uploads?skip=1&limit=1');
    expect(page.json).toMatchObject({ total: 3, skip: 1, limit: 1, data: [{ id: ids[1] }] });
    for (const query of ['limit=0', 'limit=101', 'skip=-1', 'owner=me']) {
      expectProblem(await get(owner, `/uploads?${query}`), 400, 'request_invalid', {
        actual: expect.any(String),
      });
    }
  });

  test.each(['agent', 'admin', 'somebody else'])('is not there for %s, in any way', async (who) => {
    const id = await owner.stage();
    const person = { agent, admin }[who] ?? (await desk.person('customer'));
    expectProblem(await get(person, `/uploads/${id}`), 404, 'upload_not_found');
    expectProblem(await send(person, 'DELETE', `/uploads/${id}`), 404, 'upload_not_found');
    expect((await get(person, '/uploads')).json).toMatchObject({ data: [], total: 0 });
    expect((await get(owner, `/uploads/${id}`)).status).toBe(200);
  });

  test('is nobody’s who is not signed in', async () => {
    const id = await owner.stage();
    expectProblem(await get(desk.anonymous, `/uploads/${id}`), 401, 'not_signed_in');
    expectProblem(await get(desk.anonymous, '/uploads'), 401, 'not_signed_in');
    expectProblem(await post(desk.anonymous, '/uploads', form([filePart()])), 401, 'not_signed_in');
  });

  test('is served to nobody: it is no attachment yet', async () => {
    const id = await owner.stage();
    for (const path of [`/attachments/${id}`, `/attachments/${id}/download`]) {
      expectProblem(await get(owner, path), 404, 'attachment_not_found');
    }
  });

  test('is gone with its bytes when it is discarded', async () => {
    const id = await owner.stage();
    const stored = () => filesBelow(join(desk.dataDir, 'storage'));
    const before = await stored();
    const { status } = await send(owner, 'DELETE', `/uploads/${id}`);
    expect(status).toBe(204);
    expect((await stored()).length).toBe(before.length - 1);
    expectProblem(await get(owner, `/uploads/${id}`), 404, 'upload_not_found');
    expectProblem(await send(owner, 'DELETE', `/uploads/${id}`), 404, 'upload_not_found');
    expect(await stagedBy(owner)).toEqual([]);
  });

  test('is gone when it has waited too long, and its bytes with the next sweep', async () => {
    const id = await owner.stage();
    await expire(id);
    expect((await get(owner, `/uploads/${id}`)).json).toMatchObject({ id, state: 'expired' });
    expectProblem(await send(owner, 'DELETE', `/uploads/${id}`), 404, 'upload_not_found');
    expect(await stagedBy(owner)).toEqual([]);
    const before = (await filesBelow(join(desk.dataDir, 'storage'))).length;
    await desk.services.attachments.sweep();
    expect((await filesBelow(join(desk.dataDir, 'storage'))).length).toBe(before - 1);
  });

  test.each(['1', '../uploads', randomUUID().toUpperCase(), randomUUID()])(
    'with the id %s is not there',
    async (id) => {
      expect((await get(owner, `/uploads/${encodeURIComponent(id)}`)).status).toBe(404);
    },
  );
});

describe('how much may be staged', () => {
  const full = { limit: MAX_STAGED_FILES, actual: MAX_STAGED_FILES };

  test('so many files and no more, until one is discarded, expires or is claimed', async () => {
    const ids: string[] = [];
    for (let at = 0; at < MAX_STAGED_FILES; at += 1) ids.push(await owner.stage());
    const stage = () => post(owner, '/uploads', form([filePart()]));
    expectProblem(await stage(), 409, 'staged_files_exceeded', full);
    await agent.stage();

    await send(owner, 'DELETE', `/uploads/${ids[0]}`);
    expect((await stage()).status).toBe(201);
    expectProblem(await stage(), 409, 'staged_files_exceeded', full);
    await owner.openTicket({ upload_ids: [ids[1]] });
    expect((await stage()).status).toBe(201);
    expectProblem(await stage(), 409, 'staged_files_exceeded', full);
    await expire(ids[2]);
    expect((await stage()).status).toBe(201);
    expectProblem(await stage(), 409, 'staged_files_exceeded', full);
    await desk.services.attachments.sweep();
  });

  test('so many bytes and no more: exactly full is accepted', async () => {
    const stage = (bytes: number) => post(owner, '/uploads', form([filePart(textOf(bytes))]));
    expect((await stage(400_000)).status).toBe(201);
    expectProblem(await stage(100_001), 413, 'staged_size_exceeded', {
      limit: MAX_STAGED_SIZE,
      actual: MAX_STAGED_SIZE + 1,
    });
    expect((await stage(100_000)).status).toBe(201);
    expectProblem(await stage(1), 413, 'staged_size_exceeded', {
      limit: MAX_STAGED_SIZE,
      actual: MAX_STAGED_SIZE + 1,
    });
  });
});

describe.each(['ticket', 'reply', 'internal reply'] as const)('claimed by a new %s', (kind) => {
  let ticket: string;
  let claimant: Client;
  beforeEach(async () => {
    claimant = kind === 'internal reply' ? agent : owner;
    ticket = await owner.openTicket();
  });

  const create = (upload_ids: unknown[]) =>
    kind === 'ticket'
      ? send(claimant, 'POST', '/tickets', { subject: 'Files', description: 'See.', upload_ids })
      : send(claimant, 'POST', `/tickets/${ticket}/replies`, {
          ...{ body: 'See.', upload_ids },
          ...(kind === 'internal reply' && { internal: true }),
        });

  /** How many tickets, replies and files there are. */
  async function all(): Promise<unknown> {
    const { rows } = await sql`
      SELECT (SELECT count(*) FROM tickets) AS tickets, (SELECT count(*) FROM ticket_replies) AS replies,
        (SELECT count(*) FROM ticket_attachments) AS files,
        (SELECT count(*) FROM attachment_events WHERE event = 'claimed') AS claims`.execute(desk.db);
    return rows[0];
  }

  test('all its files are there at once, as they were staged, and their bytes too', async () => {
    const body = form([filePart(PNG, 'pixel.png'), fieldPart('description', 'One pixel')]);
    const { json: staged } = await post(claimant, '/uploads', body);
    const other = await claimant.stage(note('It burns.\n', 'note.txt'));
    const { status, json: made } = await create([staged.id, other]);
    expect(status).toBe(201);
    const onTicket = kind === 'ticket' ? made.id : ticket;
    const { json: files } = await get(claimant, `/tickets/${onTicket}/attachments`);
    expect(files.total).toBe(2);
    const { id: _, state: __, created_at: ___, expires_at: ____, ...content } = staged;
    const file = files.data.find(({ file_name }: { file_name: string }) => file_name === 'pixel.png');
    expect(file).toMatchObject({
      ...content,
      ticket_id: onTicket,
      reply_id: kind === 'ticket' ? null : made.id,
      uploaded_by: claimant.id,
    });
    const names = (list: { file_name: string }[]) => list.map(({ file_name }) => file_name);
    if (kind !== 'ticket') expect(names(made.attachments)).toEqual(['pixel.png', 'note.txt']);
    else expect(made.attachment_count).toBe(2);
    const download = await claimant.get(`/attachments/${file.id}/download`);
    expect(Buffer.from(await download.arrayBuffer())).toEqual(PNG);
    const became = (await get(claimant, `/uploads/${staged.id}`)).json;
    expect(became).toMatchObject({ state: 'attached', attachment_id: file.id });

    const event = await desk.db
      .selectFrom('attachment_events')
      .selectAll()
      .where('upload_id', '=', staged.id)
      .orderBy('seq')
      .execute();
    const detail = { file_name: 'pixel.png', file_size: PNG.length, sha256: staged.sha256 };
    const who = { actor_id: claimant.id, address: '127.0.0.1', detail };
    expect(event).toMatchObject([
      { event: 'staged', ticket_id: null, attachment_id: null, ...who },
      { event: 'claimed', ticket_id: onTicket, attachment_id: file.id, ...who },
    ]);
  });

  test.each<[string, (mine: string) => Promise<unknown[]>]>([
    [
      'is somebody else’s (checklist 27)',
      async (mine) => [mine, await stranger().then((one) => one.stage())],
    ],
    ['has expired', async (mine) => [mine, await expired()]],
    ['is claimed already', async (mine) => [mine, await claimedAlready()]],
    ['was discarded', async (mine) => [mine, await discarded()]],
    ['is unknown', async (mine) => [randomUUID(), mine]],
    ['has another form', async (mine) => [mine, "'; --"]],
    ['is given twice', async (mine) => [mine, mine]],
    ['is an attachment', async (mine) => [mine, await claimant.attach(ticket)]],
  ])('that names one which %s: 404, nothing is created, and the others stay', async (_, idsWith) => {
    const mine = await claimant.stage();
    const ids = await idsWith(mine);
    const before = await all();
    expectProblem(await create(ids), 404, 'upload_not_found');
    expect(await all()).toEqual(before);
    expect((await get(claimant, `/uploads/${mine}`)).status).toBe(200);
  });

  test('its limits are looked at again: 409 for one file too many, 413 for one byte, nothing is created', async () => {
    const ids = [];
    for (let at = 0; at < MAX_FILES + 1; at += 1) ids.push(await claimant.stage());
    let before = await all();
    expectProblem(await create(ids), 409, 'ticket_files_exceeded', {
      limit: MAX_FILES,
      actual: MAX_FILES + 1,
    });
    const large = await claimant.stage(note(textOf(MAX_TOTAL_SIZE - 9)));
    before = await all();
    expectProblem(await create([large, ids[0]]), 413, 'ticket_size_exceeded', {
      limit: MAX_TOTAL_SIZE,
      actual: MAX_TOTAL_SIZE + 1,
    });
    expect(await all()).toEqual(before);
    expect(await stagedBy(claimant)).toHaveLength(MAX_FILES + 2);
    expect((await create(ids.slice(1))).status).toBe(201);
  });

  const stranger = () => desk.person('customer');
  const discarded = async () => {
    const id = await claimant.stage();
    await claimant.send('DELETE', `/uploads/${id}`);
    return id;
  };
  const expired = async () => {
    const id = await claimant.stage();
    await expire(id);
    return id;
  };
  const claimedAlready = async () => {
    const id = await claimant.stage();
    await claimant.openTicket({ upload_ids: [id] });
    return id;
  };
});

describe('bytes that are claimed move to their ticket', () => {
  let working: TestDesk;
  let person: Client;
  beforeAll(async () => {
    working = await openTestDesk({ working: true });
    person = await working.person('customer');
  });
  afterAll(() => working?.close());

  test('and can be downloaded before, while and after they do', async () => {
    const text = textOf(2_000_000);
    const ids = [];
    for (let at = 0; at < 5; at += 1) ids.push(await person.stage(note(text)));
    const ticket = await person.openTicket({ upload_ids: ids });
    const { json } = await get(person, `/tickets/${ticket}/attachments`);
    const paths = async () =>
      (await working.db.selectFrom('ticket_attachments').select('file_path').execute()).map(
        ({ file_path }) => file_path,
      );
    const home = new RegExp(`^tickets/${ticket}/[0-9a-f-]{36}$`);
    let moved = 0;
    for (let round = 0; moved < ids.length && round < 200; round += 1) {
      for (const { id } of json.data) {
        const download = await person.get(`/attachments/${id}/download`);
        expect(download.status).toBe(200);
        expect((await download.text()) === text).toBe(true);
      }
      moved = (await paths()).filter((path) => home.test(path)).length;
    }
    expect(moved).toBe(ids.length);
    await expectOrder(working, 5_000);
    expect((await filesBelow(join(working.dataDir, 'storage'))).every((key) => home.test(key))).toBe(true);
    expect(working.log).toEqual([]);
  });
});

async function expire(id: string | undefined): Promise<void> {
  await sql`UPDATE uploads SET expires_at = now() - interval '1 second' WHERE id = ${id}`.execute(desk.db);
}
