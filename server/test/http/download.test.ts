import { createHash } from 'node:crypto';
import { request } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { answerOf, Browser, PASSWORD } from '../support/browser.ts';
import { type Client, note } from '../support/client.ts';
import { parseContentDisposition } from '../support/content-disposition.ts';
import { openTestDesk, type TestDesk } from '../support/desk.ts';
import { expectProblem } from '../support/problem.ts';
import { PNG, textOf } from '../support/samples.ts';

const TEXT = textOf(10_000);
const SHA256 = createHash('sha256').update(TEXT).digest('hex');
const ETAG = `"${SHA256}"`;
const OTHER = `"${'0'.repeat(64)}"`;

let desk: TestDesk;
let requester: Client;
let agent: Client;
let stranger: Client;
let ticket: string;
let id: string;
let path: string;

beforeAll(async () => {
  desk = await openTestDesk();
  [requester, agent, stranger] = await Promise.all([
    desk.person('customer'),
    desk.person('agent'),
    desk.person('customer'),
  ]);
  ticket = await requester.openTicket();
  id = await requester.attach(ticket, note(TEXT, 'long.txt'));
  path = `/attachments/${id}/download`;
});
afterAll(() => desk?.close());

function get(headers: Record<string, string> = {}): Promise<Response> {
  return agent.get(path, headers);
}

function head(headers: Record<string, string> = {}): Promise<Response> {
  return agent.fetch(path, { method: 'HEAD', headers });
}

/** What belongs to the answer and not to the connection. */
function headersOf(response: Response): Record<string, string> {
  const { date: _, connection: __, 'keep-alive': ___, ...rest } = Object.fromEntries(response.headers);
  return rest;
}

describe('a download', () => {
  test('is exactly the bytes, with headers that let nobody run, guess, embed or keep them', async () => {
    const response = await get();
    expect(response.status).toBe(200);
    expect(await response.text()).toBe(TEXT);
    expect(headersOf(response)).toMatchObject({
      'content-type': 'text/plain',
      'content-length': '10000',
      'content-disposition': "attachment; filename=long.txt; filename*=UTF-8''long.txt",
      etag: ETAG,
      'accept-ranges': 'bytes',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "sandbox; default-src 'none'",
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'private, no-store',
    });
    expect(headersOf(response)).not.toHaveProperty('set-cookie');
    expect(headersOf(response)).not.toHaveProperty('content-encoding');
    expect(headersOf(response)).not.toHaveProperty('last-modified');
    expect(headersOf(response)).not.toHaveProperty('x-powered-by');
  });

  test('sets no cookie for somebody who is signed in with one', async () => {
    const email = 'cookie@example.com';
    const { accounts } = desk.services;
    await accounts.people.create({ name: 'Carla', role: 'agent', email, password: PASSWORD });
    const browser = new Browser(desk.url);
    await browser.signIn(email);
    const { status, headers } = await browser.get(path);
    expect(status).toBe(200);
    expect(headers.getSetCookie()).toEqual([]);
  });

  test.each([
    ['a PNG that was sent as a page', { name: 'pixel.png', bytes: PNG, type: 'text/html' }, 'image/png'],
    [
      'a table that was sent as a script',
      { name: 'a.csv', bytes: 'a,b\n1,2\n', type: 'text/javascript' },
      'text/csv',
    ],
    [
      'a text that was sent as a picture',
      { name: 'a.txt', bytes: 'Hi.\n', type: 'image/svg+xml' },
      'text/plain',
    ],
  ])('has a type of our own list: %s', async (_, file, type) => {
    const response = await agent.get(`/attachments/${await requester.attach(ticket, file)}/download`);
    expect(response.headers.get('content-type')).toBe(type);
    await response.body?.cancel();
  });

  test.each([
    ['quotes', 'the "final" version.txt'],
    ['a backslash', 'a\\b.txt'],
    ['percents', '100 %, %41, %%.txt'],
    ['semicolons and commas', 'a; filename=b.txt, c.txt'],
    ['an apostrophe', "Rita's UTF-8''list.txt"],
    ['accents', 'Größe, café, Łódź.txt'],
    ['CJK', '請求書（最終）.txt'],
    ['right to left', 'חשבונית ملف.txt'],
    ['emoji of several parts', '👩‍🚒🔥.txt'],
    ['a name in letters and marks', 'Gro\u0308ße.txt'],
    ['spaces at its start', '  .notes .txt'],
    ['only what ASCII lacks', '漢.txt'],
    ['255 bytes', `${'漢'.repeat(83)}ab.txt`],
    ['255 ASCII characters', `${'x'.repeat(251)}.txt`],
  ])('says the name as it is: %s', async (_, fileName) => {
    const named = await requester.attach(ticket, note());
    await desk.db
      .updateTable('ticket_attachments')
      .set({ file_name: fileName })
      .where('id', '=', named)
      .execute();
    const response = await agent.get(`/attachments/${named}/download`);
    await response.body?.cancel();
    const header = response.headers.get('content-disposition') ?? '';
    expect(header).toMatch(/^[ -~]+$/);
    const { type, plain, extended } = parseContentDisposition(header);
    expect({ type, extended }).toEqual({ type: 'attachment', extended: fileName });
    expect(plain).toMatch(/^[^"\\%]+\.txt$/);
    await agent.send('DELETE', `/attachments/${named}`);
    await requester.send('DELETE', `/attachments/${named}`);
  });
});

describe('HEAD says what GET would', () => {
  test.each([
    {},
    { range: 'bytes=0-9' },
    { range: 'bytes=-5' },
    { range: 'bytes=99999-' },
    { range: 'bytes=0-1,2-3' },
    { 'if-none-match': ETAG },
    { 'if-none-match': OTHER },
    { 'if-match': OTHER },
    { range: 'bytes=0-9', 'if-range': OTHER },
  ])('%o', async (headers: Record<string, string>) => {
    const [got, headed] = await Promise.all([get(headers), head(headers)]);
    expect(headed.status).toBe(got.status);
    expect(headersOf(headed)).toEqual(headersOf(got));
    expect(await headed.text()).toBe('');
    await got.body?.cancel();
  });

  test.each(['stranger', 'nobody'])('also to %s', async (who) => {
    const client = who === 'stranger' ? stranger : desk.anonymous;
    const [got, headed] = [await client.get(path), await client.fetch(path, { method: 'HEAD' })];
    expect(headed.status).toBe(got.status);
    expect(headersOf(headed)).toEqual(headersOf(got));
  });
});

describe('a range', () => {
  test.each([
    ['bytes=0-0', 0, 0],
    ['bytes=0-499', 0, 499],
    ['bytes=9999-', 9999, 9999],
    ['bytes=-500', 9500, 9999],
    ['bytes=-999999', 0, 9999],
    ['bytes=5000-999999', 5000, 9999],
  ])('%s is 206 with those bytes', async (range, start, end) => {
    const response = await get({ range });
    expect(response.status).toBe(206);
    expect(response.headers.get('content-range')).toBe(`bytes ${start}-${end}/10000`);
    expect(response.headers.get('content-length')).toBe(String(end - start + 1));
    expect(response.headers.get('etag')).toBe(ETAG);
    expect(response.headers.get('content-disposition')).toContain('long.txt');
    expect(response.headers.get('cache-control')).toBe('private, no-store');
    expect(response.headers.get('content-security-policy')).toBe("sandbox; default-src 'none'");
    expect(await response.text()).toBe(TEXT.slice(start, end + 1));
  });

  test.each(['bytes=10000-', 'bytes=-0', 'bytes=99999999999999999999-'])('%s is 416', async (range) => {
    const answer = await answerOf(await get({ range }));
    expectProblem(answer, 416, 'range_not_satisfiable', { limit: 10_000 });
    expect(answer.headers.get('content-range')).toBe('bytes */10000');
  });

  const many = `bytes=${Array.from({ length: 1000 }, (_, at) => `${at}-${at}`).join(',')}`;
  test.each([
    ['two ranges', 'bytes=0-1,5-6'],
    ['a thousand ranges (Rails 2026-33658)', many],
    ['overlapping ranges (Rails 2026-33174)', 'bytes=0-,0-,0-,0-,0-'],
    ['a malformed range', 'bytes=abc'],
    ['another unit', 'lines=0-1'],
    ['a range that ends before it starts', 'bytes=9-1'],
  ])('%s: the whole file', async (_, range) => {
    const response = await get({ range });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-length')).toBe('10000');
    expect(response.headers.get('content-range')).toBeNull();
    expect(await response.text()).toBe(TEXT);
  });

  test('said twice is the whole file', async () => {
    const url = new URL(agent.url + path);
    const lines = { host: url.host, authorization: `Bearer ${agent.token}` };
    const headers = [...Object.entries(lines).flat(), 'range', 'bytes=0-1', 'range', 'bytes=2-3'];
    const status = await new Promise((resolve, reject) => {
      const sent = request(url, { headers }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      sent.on('error', reject).end();
    });
    expect(status).toBe(200);
  });

  test.each([
    ['the same file', ETAG, 206],
    ['another file', OTHER, 200],
    ['a weak tag', `W/${ETAG}`, 200],
    ['a date', new Date().toUTCString(), 200],
  ])('counts for the file that If-Range names: %s', async (_, ifRange, status) => {
    const response = await get({ range: 'bytes=0-9', 'if-range': ifRange });
    expect(response.status).toBe(status);
    expect(await response.text()).toBe(status === 206 ? TEXT.slice(0, 10) : TEXT);
  });

  test('whole in pieces is the whole', async () => {
    const pieces = [];
    for (let at = 0; at < 10_000; at += 3_333) {
      pieces.push(await (await get({ range: `bytes=${at}-${at + 3_332}`, 'if-range': ETAG })).text());
    }
    expect(pieces.join('')).toBe(TEXT);
  });
});

describe('conditions', () => {
  test.each([ETAG, `W/${ETAG}`, `${OTHER}, ${ETAG}`, '*'])('If-None-Match %s is 304', async (tags) => {
    const response = await get({ 'if-none-match': tags });
    expect(response.status).toBe(304);
    expect(await response.text()).toBe('');
    expect(headersOf(response)).toMatchObject({ etag: ETAG, 'cache-control': 'private, no-store' });
    expect(response.headers.get('content-type')).toBeNull();
    expect(response.headers.get('content-length')).toBeNull();
  });

  test.each([OTHER, 'W/"x"', 'x'])('If-None-Match %s is 200', async (tags) => {
    const response = await get({ 'if-none-match': tags });
    expect(response.status).toBe(200);
    expect(await response.text()).toBe(TEXT);
  });

  test.each([ETAG, '*'])('If-Match %s is 200', async (tags) => {
    const response = await get({ 'if-match': tags });
    expect(response.status).toBe(200);
    await response.body?.cancel();
  });

  test.each([OTHER, `W/${ETAG}`])('If-Match %s is 412', async (tags) => {
    expectProblem(await answerOf(await get({ 'if-match': tags })), 412, 'precondition_failed');
  });

  test('If-Modified-Since says nothing: a file has no other version', async () => {
    const response = await get({ 'if-modified-since': new Date(Date.now() + 60_000).toUTCString() });
    expect(response.status).toBe(200);
    await response.body?.cancel();
  });
});

describe('every request is authorised', () => {
  test.each([
    { 'if-none-match': ETAG },
    { 'if-none-match': '*' },
    { 'if-match': OTHER },
    { range: 'bytes=0-0' },
    { range: 'bytes=99999-' },
  ])(
    '%o tells a stranger nothing but 403, and nobody nothing but 401',
    async (headers: Record<string, string>) => {
      for (const method of ['GET', 'HEAD']) {
        expect((await stranger.fetch(path, { method, headers })).status).toBe(403);
        expect((await desk.anonymous.fetch(path, { method, headers })).status).toBe(401);
      }
      expect((await stranger.get(path, headers)).headers.get('etag')).toBeNull();
    },
  );

  test('also after somebody was in copy and is no more', async () => {
    const participant = await desk.person('customer');
    const participants = (ids: string[]) =>
      requester.send('PATCH', `/tickets/${ticket}`, { participants: ids });
    await participants([participant.id]);
    expect(await (await participant.get(path)).text()).toBe(TEXT);
    await participants([]);
    for (const headers of [{}, { 'if-none-match': ETAG }, { range: 'bytes=0-0', 'if-range': ETAG }]) {
      expect((await participant.get(path, headers)).status).toBe(403);
    }
  });
});

describe('the audit', () => {
  const downloads = async () =>
    desk.db
      .selectFrom('attachment_events')
      .select(['actor_id', 'address', 'ticket_id', 'attachment_id', 'detail'])
      .where('event', '=', 'downloaded')
      .orderBy('seq')
      .execute();
  let before: number;
  beforeEach(async () => {
    before = (await downloads()).length;
  });

  test('has a row for each download, whole or in part', async () => {
    await (await get()).text();
    await (await get({ range: 'bytes=10-19' })).text();
    const row = { actor_id: agent.id, address: '127.0.0.1', ticket_id: ticket, attachment_id: id };
    expect((await downloads()).slice(before)).toEqual([
      { ...row, detail: { range: null } },
      { ...row, detail: { range: '10-19' } },
    ]);
  });

  test('has none where no byte was sent', async () => {
    await head();
    await get({ 'if-none-match': ETAG });
    await get({ 'if-match': OTHER });
    await get({ range: 'bytes=10000-' });
    await stranger.get(path);
    await desk.anonymous.get(path);
    expect(await downloads()).toHaveLength(before);
  });
});
