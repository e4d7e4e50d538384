import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Client } from '../support/client.ts';
import { openTestDesk, type TestDesk } from '../support/desk.ts';
import { expectOrder } from '../support/disorder.ts';
import { Exchange } from '../support/exchange.ts';
import { FORM_TYPE, fieldPart, filePart, form, part, post } from '../support/form.ts';
import { expectProblem } from '../support/problem.ts';
import { textOf } from '../support/samples.ts';

const MAX_FILE_SIZE = 200_000;
const MAX_TOTAL_SIZE = 500_000;
const MAX_FILES = 4;
const SILENCE = 2;
/** How much longer than the largest file a body may say it is. */
const SLACK = 65_536;

let desk: TestDesk;
let requester: Client;
let agent: Client;
let ticket: string;
let path: string;

beforeAll(async () => {
  desk = await openTestDesk({
    config: {
      maxFileSize: MAX_FILE_SIZE,
      maxFilesPerTicket: MAX_FILES,
      maxTotalSizePerTicket: MAX_TOTAL_SIZE,
    },
    services: { silenceSeconds: SILENCE },
  });
  [requester, agent] = await Promise.all([desk.person('customer'), desk.person('agent')]);
});
beforeEach(async () => {
  ticket = await requester.openTicket();
  path = `/tickets/${ticket}/attachments`;
});
afterAll(() => desk?.close());
afterEach(() => expectOrder(desk, 2_000));

const fileOf = (bytes: number) => form([filePart(textOf(bytes), 'log.txt')]);

async function expectFiles(total: number): Promise<void> {
  expect(await (await requester.get(path)).json()).toMatchObject({ total });
}

function uploadRows() {
  return desk.db.selectFrom('uploads').select('id').where('ticket_id', '=', ticket).execute();
}

function audit() {
  return desk.db
    .selectFrom('attachment_events')
    .select(['event', 'actor_id', 'address', 'detail'])
    .where('ticket_id', '=', ticket)
    .orderBy('seq')
    .execute();
}

describe('the size of a file', () => {
  test.each(['whole', 'chunked'] as const)('exactly at the limit is accepted: %s', async (how) => {
    const answer = await post(requester, path, fileOf(MAX_FILE_SIZE), { how });
    expect(answer.json.file_size).toBe(MAX_FILE_SIZE);
  });

  test.each(['whole', 'chunked'] as const)('one byte over it is 413 and leaves no file: %s', async (how) => {
    const answer = await post(requester, path, fileOf(MAX_FILE_SIZE + 1), { how });
    expectProblem(answer, 413, 'file_too_large', { limit: MAX_FILE_SIZE, file_name: 'log.txt' });
    await expectOrder(desk);
    await expectFiles(0);
  });

  test('is refused at the byte, whatever was still to come', async () => {
    const body = fileOf(MAX_FILE_SIZE + 50_000);
    const exchange = await Exchange.open(requester, path, { ...FORM_TYPE, 'content-length': body.length });
    const start = body.indexOf('\r\n\r\n') + 4;
    // The parser cannot tell its boundary from content before it has seen so many bytes.
    await exchange.write(body.subarray(0, start + MAX_FILE_SIZE + 1 + 32));
    expectProblem(await exchange.answer, 413, 'file_too_large', {
      limit: MAX_FILE_SIZE,
      file_name: 'log.txt',
    });
    await expectOrder(desk);
  });

  test('declared far over it is refused before anything is read, or written down', async () => {
    const actual = MAX_FILE_SIZE + SLACK + 1;
    const exchange = await Exchange.open(requester, path, { ...FORM_TYPE, 'content-length': actual });
    expectProblem(await exchange.answer, 413, 'file_too_large', { limit: MAX_FILE_SIZE, actual });
    expect(await uploadRows()).toEqual([]);
  });

  test('declared a little over it is read: its boundary and headers may be that long', async () => {
    const body = form([filePart(textOf(MAX_FILE_SIZE)), fieldPart('more', 'x'.repeat(SLACK - 1_000))]);
    expect(body.length).toBeLessThan(MAX_FILE_SIZE + SLACK);
    expect((await post(requester, path, body)).status).toBe(201);
  });
});

describe('Expect: 100-continue', () => {
  const open = (
    client: Client,
    to: string,
    length: number,
    more: Record<string, string> = {},
  ): Promise<Exchange> =>
    Exchange.open(client, to, {
      ...{ ...FORM_TYPE, 'content-length': length, expect: '100-continue' },
      ...more,
    });

  test('the body is asked for, once, when there is a place for it', async () => {
    const body = fileOf(100);
    for (const type of [FORM_TYPE['content-type'], FORM_TYPE['content-type'].replace('multi', 'Multi')]) {
      const exchange = await open(requester, path, body.length, { 'content-type': type });
      await expect.poll(() => exchange.continues).toBe(1);
      await exchange.write(body);
      expect((await exchange.answer)?.status).toBe(201);
      expect(exchange.continues).toBe(1);
    }
  });

  test('no body is ever asked for by whoever refuses it', async () => {
    const closed = await requester.openTicket();
    await agent.send('PATCH', `/tickets/${closed}`, { status: 'closed' });
    const stranger = await desk.person('customer');
    const far = MAX_FILE_SIZE + SLACK + 1;
    const refused: [number, Exchange][] = [
      [413, await open(requester, path, far)],
      [413, await open(requester, '/uploads', far)],
      [401, await open(desk.anonymous, path, 100)],
      [403, await open(stranger, path, 100)],
      [404, await open(requester, path.replace(ticket, agent.id), 100)],
      [409, await open(requester, `/tickets/${closed}/attachments`, 100)],
      [400, await open(requester, path, 100, { 'idempotency-key': 'not one' })],
      [415, await open(requester, path, 100, { 'content-type': 'image/png' })],
    ];
    for (const [status, exchange] of refused) {
      expect((await exchange.answer)?.status).toBe(status);
      // Whatever came next could be the body or a request: the connection cannot be used again.
      await exchange.closed;
      expect(exchange.continues).toBe(0);
    }
  });
});

describe('a client that goes on sending', () => {
  test.each<[string, () => Buffer, number]>([
    ['after its size was refused', () => fileOf(3_000_000), 413],
    ['after its name was refused', () => form([filePart(textOf(150_000), 'run.exe')]), 400],
    [
      'after its field was refused',
      () =>
        form([part('X: 1'), part('Content-Disposition: form-data; name="f"; filename="a"', textOf(150_000))]),
      400,
    ],
  ])('gets its answer: %s', async (_, body, status) => {
    for (const how of ['whole', 'chunked'] as const) {
      expect((await post(requester, path, body(), { how })).status).toBe(status);
    }
    await expectFiles(0);
  });

  test('gets its answer also where the connection is to close with it, as proxies ask', async () => {
    const body = fileOf(3_000_000);
    const exchange = await Exchange.open(requester, path, {
      ...{ ...FORM_TYPE, 'content-length': body.length, connection: 'close' },
    });
    let sent = 0;
    for (let at = 0; at < body.length; at += 300_000) {
      await sleep(20);
      if (!(await exchange.write(body.subarray(at, at + 300_000)))) break;
      sent = Math.min(body.length, at + 300_000);
    }
    expect(sent).toBe(body.length);
    expect((await exchange.answer)?.status).toBe(413);
    await exchange.closed;
  });

  test('is cut when it does not end', async () => {
    const exchange = await Exchange.open(requester, path, {
      ...{ ...FORM_TYPE, 'content-length': 10_000_000_000 },
    });
    expectProblem(await exchange.answer, 413, 'file_too_large', {
      limit: MAX_FILE_SIZE,
      actual: 10_000_000_000,
    });
    const noise = Buffer.alloc(1_000_000);
    let sent = 0;
    while (sent < 200_000_000 && (await exchange.write(noise))) sent += noise.length;
    await exchange.closed;
    expect(sent).toBeGreaterThan(60_000_000);
    expect(sent).toBeLessThan(100_000_000);
  });
});

describe('the files of a ticket', () => {
  test('are so many and no more, and a deleted one makes room at once', async () => {
    for (let place = 0; place < MAX_FILES; place += 1) await requester.attach(ticket);
    const full = { limit: MAX_FILES, actual: MAX_FILES + 1 };
    expectProblem(await post(requester, path, fileOf(10)), 409, 'ticket_files_exceeded', full);
    expectProblem(await post(agent, path, fileOf(10)), 409, 'ticket_files_exceeded', full);
    const { data } = await (await requester.get(path))
      .json()
      .then((json) => json as { data: { id: string }[] });
    expect((await requester.send('DELETE', `/attachments/${data[0]?.id}`)).status).toBe(204);
    expect((await post(requester, path, fileOf(10))).status).toBe(201);
    expectProblem(await post(requester, path, fileOf(10)), 409, 'ticket_files_exceeded', full);
  });

  test('on internal replies are counted apart, so that no refusal tells of them', async () => {
    const internal = `/tickets/${ticket}/replies/${await reply(agent, { internal: true })}/attachments`;
    for (let place = 0; place < MAX_FILES; place += 1) {
      expect((await post(agent, internal, fileOf(10))).status).toBe(201);
    }
    expectProblem(await post(agent, internal, fileOf(10)), 409, 'ticket_files_exceeded', {
      limit: MAX_FILES,
      actual: MAX_FILES + 1,
    });
    expect((await post(requester, path, fileOf(10))).status).toBe(201);
    await expectFiles(1);
  });

  test('together are so large and no larger: exactly full is accepted', async () => {
    for (const size of [200_000, 200_000, 99_999]) {
      expect((await post(requester, path, fileOf(size))).status).toBe(201);
    }
    const full = { limit: MAX_TOTAL_SIZE, actual: MAX_TOTAL_SIZE + 1 };
    expectProblem(await post(requester, path, fileOf(2)), 413, 'ticket_size_exceeded', full);
    await expectOrder(desk);
    expect((await post(requester, path, fileOf(1))).status).toBe(201);
    await expectFiles(4);
  });

  test('count what is on its way, as far as a Content-Length tells its size', async () => {
    const reserving = (client: Client, bytes: number) =>
      Exchange.open(client, path, {
        ...{ ...FORM_TYPE, 'content-length': bytes + SLACK, expect: '100-continue' },
      });
    const held = await Promise.all([200_000, 200_000].map((bytes) => reserving(requester, bytes)));
    await expect.poll(() => held.map(({ continues }) => continues)).toEqual([1, 1]);
    const refused = await reserving(agent, 100_001);
    expectProblem(await refused.answer, 413, 'ticket_size_exceeded', {
      limit: MAX_TOTAL_SIZE,
      actual: MAX_TOTAL_SIZE + 1,
    });
    expect(refused.continues).toBe(0);
    const fits = await reserving(agent, 100_000);
    await expect.poll(() => fits.continues).toBe(1);

    for (const exchange of [...held, fits]) await exchange.abort();
    await expectOrder(desk, 2_000);
    for (const size of [200_000, 200_000, 100_000]) {
      expect((await post(requester, path, fileOf(size))).status).toBe(201);
    }
  });
});

describe('silence', () => {
  test('ends an upload with 408, wherever in the form; a slow client is not a silent one', async () => {
    const body = form([filePart(textOf(150_000)), fieldPart('description', 'x')]);
    const until = async (bytes: number) => {
      const exchange = await Exchange.open(agent, path, { ...FORM_TYPE, 'content-length': body.length });
      await exchange.write(body.subarray(0, bytes));
      return exchange;
    };
    const slow = await Exchange.open(requester, path, { ...FORM_TYPE, 'content-length': body.length });
    const silent = await Promise.all([until(0), until(70_000), until(body.length - 60)]);
    const answers = Promise.all(silent.map((exchange) => exchange.answer));
    for (let at = 0; at < body.length; at += body.length / 5) {
      await slow.write(body.subarray(at, at + body.length / 5));
      await sleep((SILENCE * 1000) / 2);
    }
    for (const answer of await answers) {
      expect(answer?.json).toMatchObject({ code: 'upload_stalled', status: 408, limit: SILENCE });
    }
    expect((await slow.answer)?.status).toBe(201);
    await expectFiles(1);
  });
});

describe('the audit', () => {
  test('tells of every refusal who, from where, which file and why', async () => {
    await post(requester, path, form([filePart('x', 'run.exe')]));
    await post(requester, path, fileOf(MAX_FILE_SIZE + 1));
    await post(requester, path, form([]));
    for (let place = 0; place < MAX_FILES; place += 1) await requester.attach(ticket);
    await post(agent, path, fileOf(10));
    const refusals = (await audit()).filter(({ event }) => event === 'refused');
    expect(refusals).toEqual(
      [
        { actor_id: requester.id, detail: { code: 'type_not_allowed', file_name: 'run.exe' } },
        { actor_id: requester.id, detail: { code: 'file_too_large', file_name: 'log.txt' } },
        { actor_id: requester.id, detail: { code: 'file_missing', file_name: null } },
        { actor_id: agent.id, detail: { code: 'ticket_files_exceeded', file_name: null } },
      ].map((row) => ({ event: 'refused', address: '127.0.0.1', ...row })),
    );
  });
});

async function reply(author: Client, more: Record<string, unknown> = {}): Promise<string> {
  const response = await author.post(`/tickets/${ticket}/replies`, { body: 'See here.', ...more });
  return ((await response.json()) as { id: string }).id;
}
