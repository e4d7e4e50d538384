import { createHash, randomBytes } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { answerOf } from '../support/browser.ts';
import type { Client } from '../support/client.ts';
import { openTestDesk, type TestDesk } from '../support/desk.ts';
import { expectOrder, filesBelow } from '../support/disorder.ts';
import { Exchange } from '../support/exchange.ts';
import { expectProblem } from '../support/problem.ts';
import { PNG, textOf } from '../support/samples.ts';
import { offsetIn, tusOf } from '../support/tus.ts';

const SLOTS = 2;
const RATE = 10_000;

let desk: TestDesk;
let requester: Client;
let agent: Client;
let ticket: string;
let tus: ReturnType<typeof tusOf>;
beforeAll(async () => {
  desk = await openTestDesk({
    config: {
      maxFileSize: 20_000_000,
      maxFilesPerTicket: 3,
      concurrentUploads: SLOTS,
      uploadsPerMinute: RATE,
    },
    services: { silenceSeconds: 1 },
  });
  requester = await desk.person('customer');
  agent = await desk.person('agent');
  tus = tusOf(requester);
});
afterAll(() => desk?.close());
beforeEach(async () => {
  ticket = await requester.openTicket();
});
afterEach(async () => {
  desk.log.splice(0);
  const begun = await desk.db.selectFrom('uploads').select('id').where('state', '=', 'receiving').execute();
  for (const { id } of begun) await tus.remove(`/uploads/tus/${id}`);
});

const onTicket = () => ({ ticket_id: ticket });
const sha256 = (bytes: string | Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** The file that an upload became, as its reader gets it. */
async function download(attachmentId: unknown, reader = requester): Promise<Buffer> {
  return Buffer.from(await (await reader.get(`/attachments/${attachmentId}/download`)).arrayBuffer());
}

/** A PATCH whose body is written by hand. */
async function openPatch(path: string, offset: number, length: number): Promise<Exchange> {
  return Exchange.open(
    requester,
    path,
    {
      ...{ 'tus-resumable': '1.0.0', 'content-type': 'application/offset+octet-stream' },
      ...{ 'upload-offset': offset, 'content-length': length },
    },
    'PATCH',
  );
}

describe('a file that came in pieces', () => {
  test('is on its ticket, bytes for bytes, and its pieces are gone', async () => {
    const text = textOf(3_000_000);
    const path = await tus.begin(text.length, {
      ...onTicket(),
      filename: 'größe.log.txt',
      description: ' Why? ',
    });
    for (let at = 0; at < text.length; at += 700_001) {
      const response = await tus.patch(path, at, text.slice(at, at + 700_001));
      expect(offsetIn(response)).toBe(Math.min(text.length, at + 700_001));
    }
    const record = await tus.record(path);
    expect(record).toMatchObject({ state: 'attached', file_name: 'größe.log.txt' });
    const file = await answerOf(await requester.get(`/attachments/${record.attachment_id}`));
    expect(file.json).toMatchObject({
      ...{ file_name: 'größe.log.txt', file_size: text.length, sha256: sha256(text) },
      ...{ description: 'Why?', mime_type: 'text/plain', uploaded_by: requester.id, ticket_id: ticket },
    });
    expect(sha256(await download(record.attachment_id, agent))).toBe(sha256(text));
    expect(await filesBelow(join(desk.dataDir, 'storage', 'segments'))).toEqual([]);
    await expectOrder(desk);
  });

  test('names itself in the answer to its last piece, and whenever it is asked after', async () => {
    const path = await tus.begin(5, onTicket());
    const last = await tus.patch(path, 0, 'Hello');
    const again = await tus.patch(path, 5, '');
    const ids = [last, again, await tus.head(path)].map(({ headers }) => [
      headers.get('docket-upload-id'),
      headers.get('docket-attachment-id'),
    ]);
    const { attachment_id } = await tus.record(path);
    expect(ids).toEqual(Array.from({ length: 3 }, () => [path.split('/').at(-1), attachment_id]));
  });

  test('goes with a reply', async () => {
    const reply = await answerOf(
      await agent.post(`/tickets/${ticket}/replies`, { body: 'Hm.', internal: true }),
    );
    const reply_id = String(Object(reply.json).id);
    const its = tusOf(agent);
    const path = await its.begin(5, { ...onTicket(), reply_id });
    await its.patch(path, 0, 'Hello');
    const { attachment_id } = await its.record(path);
    expect((await agent.get(`/attachments/${attachment_id}`)).status).toBe(200);
    expect((await requester.get(`/attachments/${attachment_id}`)).status).toBe(404);
  });

  test('is staged without a ticket, and claimed by a new one', async () => {
    const path = await tus.begin(5);
    await tus.patch(path, 0, 'Hello');
    const record = await tus.record(path);
    expect(record).toMatchObject({ state: 'ready', file_size: 5, sha256: sha256('Hello') });
    const to = await requester.openTicket({ upload_ids: [record.id] });
    const files = await answerOf(await requester.get(`/tickets/${to}/attachments`));
    expect(files.json).toMatchObject({ total: 1, data: [{ id: record.id, file_size: 5 }] });
    expect(await tus.record(path)).toMatchObject({ state: 'attached', attachment_id: record.id });
    expectProblem(await answerOf(await tus.remove(path)), 409, 'upload_finished');
  });

  test('that is staged goes when it is ended', async () => {
    const path = await tus.begin(5);
    await tus.patch(path, 0, 'Hello');
    expect((await tus.remove(path)).status).toBe(204);
    expect((await requester.get(path.replace('/tus', ''))).status).toBe(404);
    await expectOrder(desk);
  });
});

describe('a line that breaks', () => {
  test('keeps what arrived: the upload goes on from there', async () => {
    const bytes = Buffer.from(textOf(5_000_000));
    const path = await tus.begin(bytes.length, onTicket());
    const exchange = await openPatch(path, 0, bytes.length);
    await exchange.write(bytes.subarray(0, 3_000_000));
    await vi.waitFor(async () => expect(await spooled()).toBeGreaterThan(2_000_000), { timeout: 5_000 });
    await exchange.abort();
    const offset = await vi.waitFor(async () => {
      const at = offsetIn(await tus.head(path));
      expect(at).toBeGreaterThan(0);
      return at;
    });
    expect(offset).toBeLessThanOrEqual(3_000_000);
    expect((await tus.patch(path, offset, bytes.subarray(offset))).status).toBe(204);
    const { attachment_id } = await tus.record(path);
    expect(sha256(await download(attachment_id))).toBe(sha256(bytes));
    await expectOrder(desk, 2_000);
  });

  test('in a piece with a checksum keeps none of it: it cannot be checked', async () => {
    const path = await tus.begin(1_000);
    const exchange = await Exchange.open(
      requester,
      path,
      {
        ...{ 'tus-resumable': '1.0.0', 'content-type': 'application/offset+octet-stream' },
        ...{ 'upload-offset': 0, 'content-length': 1_000, 'upload-checksum': `sha1 ${btoa('x'.repeat(20))}` },
      },
      'PATCH',
    );
    await exchange.write('x'.repeat(500));
    await sleep(100);
    await exchange.abort();
    await vi.waitFor(async () => expect(await running()).toBe(0), { timeout: 5_000 });
    expect(offsetIn(await tus.head(path))).toBe(0);
    await tus.remove(path);
  });

  test('without a word is over after the silence that any upload may have; what came is kept', async () => {
    const path = await tus.begin(1_000);
    const exchange = await openPatch(path, 0, 1_000);
    await exchange.write('x'.repeat(400));
    const answer = await exchange.answer;
    expect([answer?.status, answer?.headers.get('upload-offset')]).toEqual([204, '400']);
    expect(offsetIn(await tus.head(path))).toBe(400);
    await tus.remove(path);
  });
});

describe('one at a time', () => {
  test('a piece that stalls gives way to a newer one within a second', async () => {
    const path = await tus.begin(1_000);
    const stalled = await openPatch(path, 0, 1_000);
    await stalled.write('x'.repeat(300));
    await vi.waitFor(async () => expect(await running()).toBe(1), { timeout: 5_000 });
    const begun = performance.now();
    const offset = offsetIn(await tus.head(path));
    expect(performance.now() - begun).toBeLessThan(1_000);
    expect(offset).toBe(300);
    const response = await tus.patch(path, 300, 'y'.repeat(700));
    expect([response.status, offsetIn(response)]).toEqual([204, 1_000]);
    const answer = await stalled.answer;
    expect(answer?.headers.get('upload-offset')).toBe('300');
    await tus.remove(path);
  });

  test('of pieces at the same place one is taken, and the file is whole', async () => {
    const bytes = Buffer.from(textOf(400_000));
    const path = await tus.begin(bytes.length, onTicket());
    const half = bytes.length / 2;
    for (const [from, to] of [
      [0, half],
      [half, bytes.length],
    ] as const) {
      const answers = await Promise.all(
        Array.from({ length: SLOTS }, () => tus.patch(path, from, bytes.subarray(from, to))),
      );
      expect(answers.map(({ status }) => status).toSorted()).toEqual([204, 409].slice(0, SLOTS));
    }
    const { attachment_id } = await tus.record(path);
    expect(sha256(await download(attachment_id))).toBe(sha256(bytes));
    const list = await answerOf(await requester.get(`/tickets/${ticket}/attachments`));
    expect(list.json).toMatchObject({ total: 1 });
  });
});

describe('nobody else', () => {
  test('finds an upload that is not theirs, nor makes it give way', async () => {
    const path = await tus.begin(1_000);
    const exchange = await openPatch(path, 0, 1_000);
    await exchange.write('x'.repeat(298));
    for (const stranger of [agent, await desk.person('admin')]) {
      const its = tusOf(stranger);
      expect((await its.head(path)).status).toBe(404);
      expectProblem(await answerOf(await its.patch(path, 0, 'x')), 404, 'upload_not_found');
      expectProblem(await answerOf(await its.remove(path)), 404, 'upload_not_found');
      expect((await stranger.get(path.replace('/tus', ''))).status).toBe(404);
      // A silent one would be over, whoever asks.
      await exchange.write('x');
    }
    expect((await tusOf(desk.anonymous).head(path)).status).toBe(401);
    await exchange.write('x'.repeat(699));
    await exchange.write('x');
    expect((await exchange.answer)?.headers.get('upload-offset')).toBe('1000');
    await tus.remove(path);
  });

  test('puts a file on a ticket that is not theirs', async () => {
    const stranger = await desk.person('customer');
    expectProblem(await answerOf(await tusOf(stranger).create(5, onTicket())), 403, 'forbidden');
  });
});

test('a ticket that was closed meanwhile takes no more pieces', async () => {
  const path = await tus.begin(5, onTicket());
  await agent.send('PATCH', `/tickets/${ticket}`, { status: 'closed' });
  expectProblem(await answerOf(await tus.patch(path, 0, 'Hello')), 409, 'ticket_closed');
  expect((await tus.remove(path)).status).toBe(204);
});

describe('what can be known is refused before the first byte', () => {
  test('a name, a size, a description', async () => {
    const { json } = await answerOf(await tus.create(5, { filename: 'run.exe' }));
    expect(json).toMatchObject({ code: 'type_not_allowed', file_name: 'run.exe' });
    expect((await answerOf(await tus.create(20_000_001))).json).toMatchObject({ code: 'file_too_large' });
    const description = 'x'.repeat(501);
    expect((await answerOf(await tus.create(5, { description }))).json).toMatchObject({
      code: 'description_too_long',
    });
  });

  test('a ticket that is full: what is announced holds its place, also while nobody sends', async () => {
    const paths = [];
    for (let count = 0; count < 3; count += 1) paths.push(await tus.begin(5, onTicket()));
    const full = { limit: 3, actual: 4 };
    expectProblem(await answerOf(await tus.create(5, onTicket())), 409, 'ticket_files_exceeded', full);
    await tus.remove(paths[0] ?? '');
    expect((await tus.create(5, onTicket())).status).toBe(201);
  });

  test('more requests at once than somebody may have open; a paused upload is none', async () => {
    const paths = [];
    for (let count = 0; count <= SLOTS; count += 1) paths.push(await tus.begin(1_000));
    const open = await Promise.all(paths.slice(0, SLOTS).map((path) => openPatch(path, 0, 1_000)));
    await Promise.all(open.map((exchange) => exchange.write('x')));
    await vi.waitFor(async () => expect(await running()).toBe(SLOTS), { timeout: 5_000 });
    const answer = await answerOf(await tus.patch(paths[SLOTS] ?? '', 0, 'x'));
    expectProblem(answer, 429, 'upload_slots_exceeded', { limit: SLOTS, actual: SLOTS });
    for (const exchange of open) await exchange.abort();
    await vi.waitFor(async () => expect(await running()).toBe(0), { timeout: 5_000 });
    expect((await tus.patch(paths[SLOTS] ?? '', 0, 'x')).status).toBe(204);
    for (const path of paths) await tus.remove(path);
  });
});

describe('what its content shows', () => {
  test('is refused with the last piece, and again whenever somebody asks; nothing of it is left', async () => {
    const path = await tus.begin(PNG.length, { ...onTicket(), filename: 'a.pdf' });
    const details = { actual: 'image/png', file_name: 'a.pdf' };
    const last = await answerOf(await tus.patch(path, 0, PNG));
    expectProblem(last, 400, 'type_mismatch', details);
    expectProblem(await answerOf(await tus.patch(path, PNG.length, '')), 400, 'type_mismatch', details);
    expect((await tus.head(path)).status).toBe(400);
    const { detail } = Object(last.json);
    expect(await tus.record(path)).toMatchObject({ state: 'refused', code: 'type_mismatch', detail });
    await expectOrder(desk);
    expect(await answerOf(await requester.get(`/tickets/${ticket}/attachments`))).toMatchObject({
      json: { total: 0 },
    });
  });
});

describe('time', () => {
  test('ends an upload that nobody goes on with: 410, and its room and its pieces are free', async () => {
    const path = await tus.begin(10, onTicket());
    await tus.patch(path, 0, 'Hello');
    await sql`UPDATE uploads SET expires_at = now() - interval '1 second' WHERE id = ${path.split('/').at(-1)}`.execute(
      desk.db,
    );
    await desk.services.attachments.sweep('quick');
    expect((await tus.head(path)).status).toBe(410);
    expectProblem(await answerOf(await tus.patch(path, 5, 'World')), 410, 'upload_gone');
    expect(await tus.record(path)).toMatchObject({ state: 'expired' });
    await expectOrder(desk);
  });

  test('spares one that is paused: neither the sweep nor the whole sweep takes its pieces', async () => {
    const path = await tus.begin(10, onTicket());
    await tus.patch(path, 0, 'Hello');
    await desk.services.attachments.sweep('whole');
    expect((await tus.patch(path, 5, 'World')).status).toBe(204);
    expect((await download((await tus.record(path)).attachment_id)).toString()).toBe('HelloWorld');
  });
});

test('random pieces, some of them cut, add up to the file', async () => {
  const bytes = Buffer.concat([
    Buffer.from(textOf(500_000)),
    Buffer.from(randomBytes(100_000).toString('hex')),
  ]);
  const path = await tus.begin(bytes.length, onTicket());
  for (let offset = 0; offset < bytes.length; ) {
    const size = Math.min(bytes.length - offset, 1 + Math.floor(Math.random() * 150_000));
    if (Math.random() < 0.3) {
      const exchange = await openPatch(path, offset, size);
      await exchange.write(bytes.subarray(offset, offset + Math.floor(size / 2)));
      await exchange.abort();
      await exchange.closed;
    } else {
      await tus.patch(path, offset, bytes.subarray(offset, offset + size));
    }
    offset = offsetIn(await tus.head(path));
  }
  const { attachment_id } = await tus.record(path);
  expect(sha256(await download(attachment_id))).toBe(sha256(bytes));
  await expectOrder(desk, 2_000);
});

/** Requests that hold a slot. */
async function running(): Promise<number> {
  const rows = await desk.db
    .selectFrom('uploads')
    .select('id')
    .where('state', '=', 'receiving')
    .where('lease_until', 'is not', null)
    .execute();
  return rows.length;
}

/** Bytes that have arrived, and are not in the store. */
async function spooled(): Promise<number> {
  const names = await readdir(join(desk.dataDir, 'spool'));
  const files = await Promise.all(names.map((name) => stat(join(desk.dataDir, 'spool', name))));
  return files.reduce((sum, { size }) => sum + size, 0);
}
