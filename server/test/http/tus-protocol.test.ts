/** tus 1.0.0, case by case: each test is named by what the specification says. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { answerOf } from '../support/browser.ts';
import type { Client } from '../support/client.ts';
import { openTestDesk, type TestDesk } from '../support/desk.ts';
import { expectProblem } from '../support/problem.ts';
import { metadata, offsetIn, tusOf } from '../support/tus.ts';

const MAX = 1_000_000;

let desk: TestDesk;
let person: Client;
let tus: ReturnType<typeof tusOf>;
beforeAll(async () => {
  desk = await openTestDesk({ config: { maxFileSize: MAX }, bounds: { maxStagedFiles: 1000 } });
  person = await desk.person('customer');
  tus = tusOf(person);
});
afterAll(() => desk?.close());

const raw = (method: string, path: string, headers: Record<string, string> = {}, body?: string) =>
  person.fetch(path, { method, headers, ...(body !== undefined && { body }) });
const VERSION = { 'tus-resumable': '1.0.0' };
const digestOf = (algorithm: string, text: string) =>
  `${algorithm} ${createHash(algorithm).update(text).digest('base64')}`;

describe('core protocol, HEAD', () => {
  test('tells Upload-Offset, also when it is 0, Upload-Length, and Cache-Control: no-store', async () => {
    const path = await tus.begin(10);
    const response = await tus.head(path);
    expect([response.status, offsetIn(response)]).toEqual([200, 0]);
    expect(response.headers.get('upload-length')).toBe('10');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.text()).toBe('');
    await tus.patch(path, 0, 'Hell');
    expect(offsetIn(await tus.head(path))).toBe(4);
  });

  test('of what is not there is 404 without Upload-Offset', async () => {
    const response = await tus.head(`/uploads/tus/${crypto.randomUUID()}`);
    expect([response.status, response.headers.get('upload-offset')]).toEqual([404, null]);
    expect((await tus.head('/uploads/tus/nothing')).status).toBe(404);
  });
});

describe('core protocol, PATCH', () => {
  test('appends at the offset and answers 204 with the new one', async () => {
    const path = await tus.begin(11);
    const first = await tus.patch(path, 0, 'Hello ');
    expect([first.status, offsetIn(first), await first.text()]).toEqual([204, 6, '']);
    const second = await tus.patch(path, 6, 'World');
    expect([second.status, offsetIn(second)]).toEqual([204, 11]);
  });

  test('at another offset is 409 and changes nothing', async () => {
    const path = await tus.begin(11);
    await tus.patch(path, 0, 'Hello ');
    for (const offset of [0, 5, 7, 11, 12]) {
      const answer = await answerOf(await tus.patch(path, offset, 'World'));
      expectProblem(answer, 409, 'upload_offset_conflict', { limit: 6, actual: offset });
    }
    expect(offsetIn(await tus.head(path))).toBe(6);
  });

  test('with another content type is 415', async () => {
    const path = await tus.begin(5);
    for (const type of ['application/octet-stream', 'text/plain', 'application/json']) {
      const answer = await answerOf(await tus.patch(path, 0, '"Hey"', { 'content-type': type }));
      expectProblem(answer, 415, 'media_type_unsupported', { limit: 'application/offset+octet-stream' });
    }
    expect(offsetIn(await tus.head(path))).toBe(0);
  });

  test('to what is not there is 404', async () => {
    const answer = await answerOf(await tus.patch(`/uploads/tus/${crypto.randomUUID()}`, 0, 'x'));
    expectProblem(answer, 404, 'upload_not_found');
  });

  test.each(['', '-1', '1.5', 'x', '0x0'])('with Upload-Offset %j is 400', async (offset) => {
    const path = await tus.begin(5);
    expect((await tus.patch(path, 0, 'Hello', { 'upload-offset': offset })).status).toBe(400);
    expect(offsetIn(await tus.head(path))).toBe(0);
  });

  test('with more than is left of the file is refused, and changes nothing', async () => {
    const path = await tus.begin(5);
    const answer = await tus.patch(path, 0, 'Hello World');
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(offsetIn(await tus.head(path))).toBe(0);
  });

  test('of nothing is 204 and leaves the offset where it is', async () => {
    const path = await tus.begin(5);
    const response = await tus.patch(path, 0, '');
    expect([response.status, offsetIn(response)]).toEqual([204, 0]);
  });
});

describe('core protocol, OPTIONS', () => {
  test.each(['/uploads/tus', `/uploads/tus/${crypto.randomUUID()}`])(
    '%s tells what is spoken',
    async (path) => {
      const response = await desk.anonymous.fetch(path, { method: 'OPTIONS' });
      expect(response.status).toBe(204);
      expect(response.headers.get('tus-version')).toBe('1.0.0');
      expect(response.headers.get('tus-max-size')).toBe(String(MAX));
      expect(response.headers.get('tus-extension')?.split(',').toSorted()).toEqual([
        ...['checksum', 'creation', 'creation-with-upload', 'expiration', 'termination'],
      ]);
      expect(response.headers.get('tus-checksum-algorithm')).toBe('sha256,sha1');
      expect(response.headers.get('access-control-allow-origin')).toBeNull();
    },
  );
});

describe('core protocol, Tus-Resumable', () => {
  test('is in every answer, refusals among them', async () => {
    const path = await tus.begin(5);
    const answers = [
      await tus.create(5),
      await tus.head(path),
      await tus.patch(path, 3, 'x'),
      await tus.patch(path, 0, 'Hello'),
      await raw('HEAD', path),
      await tusOf(desk.anonymous).head(path),
    ];
    expect(answers.map(({ headers }) => headers.get('tus-resumable'))).toEqual(answers.map(() => '1.0.0'));
  });

  test.each([{}, { 'tus-resumable': '0.2.2' }, { 'tus-resumable': '2.0.0' }])(
    '%j is 412 with Tus-Version, and nothing is done',
    async (headers) => {
      const path = await tus.begin(5);
      const more = { 'upload-length': '5', 'upload-metadata': metadata({ filename: 'log.txt' }) };
      for (const [method, to] of [
        ['POST', '/uploads/tus'],
        ['HEAD', path],
        ['PATCH', path],
        ['DELETE', path],
      ] as const) {
        const response = await raw(method, to, { ...more, ...headers });
        expect([response.status, response.headers.get('tus-version')]).toEqual([412, '1.0.0']);
      }
      expect(offsetIn(await tus.head(path))).toBe(0);
    },
  );

  test('X-HTTP-Method-Override is the method', async () => {
    const path = await tus.begin(5);
    const piece = { 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' };
    const override = (method: string) => ({ ...VERSION, 'x-http-method-override': method });
    const patched = await raw('POST', path, { ...override('PATCH'), ...piece }, 'Hel');
    expect([patched.status, offsetIn(patched)]).toEqual([204, 3]);
    expect(offsetIn(await raw('POST', path, override('HEAD')))).toBe(3);
    expect((await raw('POST', path, override('DELETE'))).status).toBe(204);
    expect((await tus.head(path)).status).toBe(410);
  });

  test('GET serves nothing', async () => {
    const path = await tus.begin(5);
    await tus.patch(path, 0, 'Hello');
    expect((await raw('GET', path, VERSION)).status).toBe(404);
  });
});

describe('creation', () => {
  test('is 201 with a Location, and Upload-Metadata is given back', async () => {
    const of = { filename: 'ünï.txt', filetype: 'text/plain', description: 'Why?' };
    const response = await tus.create(5, of);
    expect(response.status).toBe(201);
    expect(response.headers.get('location')).toMatch(
      /^http:\/\/127.0.0.1:\d+\/api\/v1\/uploads\/tus\/[0-9a-f-]{36}$/,
    );
    const head = await tus.head(tus.pathOf(response.headers.get('location')));
    expect(head.headers.get('upload-metadata')).toBe(metadata(of));
  });

  test('of more than Tus-Max-Size is 413', async () => {
    expect((await tus.create(MAX)).status).toBe(201);
    const answer = await answerOf(await tus.create(MAX + 1));
    expectProblem(answer, 413, 'file_too_large', { limit: MAX, actual: MAX + 1, file_name: 'log.txt' });
  });

  test.each(['', '-1', '1.5', 'x'])('with Upload-Length %j is 400', async (length) => {
    expect((await tus.create(5, {}, { 'upload-length': length })).status).toBe(400);
  });

  test('without Upload-Length is 400, deferred or not', async () => {
    const of = { ...VERSION, 'upload-metadata': metadata({ filename: 'log.txt' }) };
    expect((await raw('POST', '/uploads/tus', of)).status).toBe(400);
    expect((await raw('POST', '/uploads/tus', { ...of, 'upload-defer-length': '1' })).status).toBe(400);
  });

  test('of an empty file is refused as one', async () => {
    expectProblem(await answerOf(await tus.create(0)), 400, 'file_empty', { file_name: 'log.txt' });
  });

  test.each(['filename', 'filename ===', 'filename YQ==,filename Yg==', ', ,', metadata({ name: 'a.txt' })])(
    'with Upload-Metadata %j is 400',
    async (given) => {
      expect((await tus.create(5, {}, { 'upload-metadata': given })).status).toBe(400);
    },
  );

  test('of part of another upload is refused: concatenation is not spoken', async () => {
    expect((await tus.create(5, {}, { 'upload-concat': 'partial' })).status).toBe(400);
  });
});

describe('creation with upload', () => {
  const PIECE = { 'content-type': 'application/offset+octet-stream' };
  const createWith = (size: number, body: string, headers: Record<string, string> = PIECE) =>
    person.fetch('/uploads/tus', {
      ...{ method: 'POST', body },
      headers: {
        ...{ ...VERSION, 'upload-length': String(size) },
        ...{ 'upload-metadata': metadata({ filename: 'log.txt' }), ...headers },
      },
    });

  test('takes the first piece along and tells the offset', async () => {
    const response = await createWith(11, 'Hello ');
    expect([response.status, offsetIn(response)]).toEqual([201, 6]);
    const path = tus.pathOf(response.headers.get('location'));
    expect(offsetIn(await tus.head(path))).toBe(6);
    expect((await tus.patch(path, 6, 'World')).status).toBe(204);
    expect(await tus.record(path)).toMatchObject({ state: 'ready', file_size: 11 });
  });

  test('takes the whole file along', async () => {
    const response = await createWith(11, 'Hello World');
    expect([response.status, offsetIn(response)]).toEqual([201, 11]);
    expect(await tus.record(tus.pathOf(response.headers.get('location')))).toMatchObject({ state: 'ready' });
  });

  test('of another type leaves the body alone', async () => {
    const response = await createWith(11, 'Hello ', { 'content-type': 'text/plain' });
    expect([response.status, response.headers.get('upload-offset')]).toEqual([201, null]);
  });
});

describe('expiration', () => {
  test('Upload-Expires is told at creation and with each piece, and moves with them', async () => {
    const created = await tus.create(5);
    const path = tus.pathOf(created.headers.get('location'));
    const hoursTo = (response: Response) =>
      (Date.parse(response.headers.get('upload-expires') ?? '') - Date.now()) / 3_600_000;
    expect(hoursTo(created)).toBeCloseTo(1, 1);
    expect(hoursTo(await tus.patch(path, 0, 'Hel'))).toBeCloseTo(24, 1);
    expect(hoursTo(await tus.head(path))).toBeCloseTo(24, 1);
    expect((await tus.patch(path, 3, 'lo')).headers.get('upload-expires')).toBeNull();
  });
});

describe('termination', () => {
  test('is 204, and the upload is gone', async () => {
    const path = await tus.begin(5);
    await tus.patch(path, 0, 'Hel');
    expect((await tus.remove(path)).status).toBe(204);
    for (const again of [await tus.head(path), await tus.patch(path, 3, 'lo'), await tus.remove(path)]) {
      expect([404, 410]).toContain(again.status);
    }
  });
});

describe('checksum', () => {
  test.each(['sha256', 'sha1'])('%s that fits is taken', async (algorithm) => {
    const path = await tus.begin(5);
    const response = await tus.patch(path, 0, 'Hello', { 'upload-checksum': digestOf(algorithm, 'Hello') });
    expect([response.status, offsetIn(response)]).toEqual([204, 5]);
  });

  test('that does not fit is 460, and the piece is not kept', async () => {
    const path = await tus.begin(5);
    const wrong = { 'upload-checksum': digestOf('sha256', 'hello') };
    expectProblem(await answerOf(await tus.patch(path, 0, 'Hello', wrong)), 460, 'checksum_mismatch');
    expect(offsetIn(await tus.head(path))).toBe(0);
    expect((await tus.patch(path, 0, 'Hello')).status).toBe(204);
  });

  test.each(['md5 XrY7u+Ae7tCTyyK7j1rNww==', 'sha256', 'sha256 !', 'sha1 a b', ''])(
    '%j is 400, and the piece is not kept',
    async (checksum) => {
      const path = await tus.begin(5);
      const answer = await answerOf(await tus.patch(path, 0, 'Hello', { 'upload-checksum': checksum }));
      expectProblem(answer, 400, 'checksum_unsupported', { limit: 'sha256, sha1' });
      expect(offsetIn(await tus.head(path))).toBe(0);
    },
  );
});
