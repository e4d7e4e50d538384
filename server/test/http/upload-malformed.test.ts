import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Client } from '../support/client.ts';
import { openTestDesk, type TestDesk } from '../support/desk.ts';
import { expectOrder } from '../support/disorder.ts';
import { Exchange } from '../support/exchange.ts';
import { BOUNDARY, FORM_TYPE, fieldPart, filePart, form, part, post } from '../support/form.ts';
import { expectProblem } from '../support/problem.ts';
import { textOf } from '../support/samples.ts';

const MAX_FILE_SIZE = 1_000_000;

let desk: TestDesk;
let requester: Client;
let path: string;

beforeAll(async () => {
  desk = await openTestDesk({ config: { maxFileSize: MAX_FILE_SIZE } });
  requester = await desk.person('customer');
});
beforeEach(async () => {
  path = `/tickets/${await requester.openTicket()}/attachments`;
});
afterAll(() => desk?.close());
afterEach(async () => {
  await expectOrder(desk, 2_000);
  expect(desk.log.filter(({ level }) => Number(level) >= 50)).toEqual([]);
});

async function expectNoFile(): Promise<void> {
  expect(await (await requester.get(path)).json()).toMatchObject({ data: [], total: 0 });
}

const DISPOSITION = 'Content-Disposition: form-data; name="file"; filename="note.txt"';

describe('a form without the one file', () => {
  test.each<[string, Buffer]>([
    ['an empty body', Buffer.alloc(0)],
    ['no part', form([])],
    ['a description alone', form([fieldPart('description', 'x')])],
    [
      'a file in another field',
      form([part('Content-Disposition: form-data; name="upload"; filename="a.txt"', 'x')]),
    ],
    ['a file in no field', form([part('Content-Disposition: form-data; filename="a.txt"', 'x')])],
    ['a file without a name', form([part('Content-Disposition: form-data; name="file"', 'x')])],
    ['a file with an empty name, as browsers send it when none is chosen', form([filePart('', '')])],
    ['a file named ".."', form([filePart('x', '..')])],
    [
      'bytes without a name',
      form([
        part('Content-Disposition: form-data; name="file"\r\nContent-Type: application/octet-stream', 'x'),
      ]),
    ],
    [
      'a part that is no form data',
      form([part('Content-Disposition: attachment; name="file"; filename="a.txt"', 'x')]),
    ],
    ['a part without a disposition', form([part('Content-Type: text/plain', 'x')])],
    ['a part without headers', form([part('', 'x')])],
    [
      'a header without a colon',
      form([part('Content-Disposition form-data; name="file"; filename="a.txt"', 'x')]),
    ],
    ['a header without a name', form([part(': form-data; name="file"; filename="a.txt"', 'x')])],
    ['headers that end lines with LF', form([part(`X: 1\n${DISPOSITION}`, 'x')])],
    [
      'its disposition behind more headers than are read',
      form([part(`${'X: 1\r\n'.repeat(1_000)}${DISPOSITION}`, 'x')]),
    ],
  ])('is refused: %s', async (_, body) => {
    expectProblem(await post(requester, path, body), 400, 'file_missing');
    await expectNoFile();
  });

  test('is refused when the file is empty, by its name', async () => {
    expectProblem(await post(requester, path, form([filePart('')])), 400, 'file_empty', {
      file_name: 'note.txt',
    });
    await expectNoFile();
  });

  test.each<[string, Buffer[]]>([
    ['two', [filePart('one'), filePart('two')]],
    [
      'a second one in another field',
      [filePart('one'), part('Content-Disposition: form-data; name="b"; filename="b.txt"')],
    ],
    ['thousands', Array.from({ length: 3_000 }, () => filePart('one'))],
  ])('is refused when there are more files: %s', async (_, parts) => {
    expectProblem(await post(requester, path, form(parts)), 400, 'multiple_files');
    await expectNoFile();
  });
});

describe('a body that is no form', () => {
  test.each([
    ['application/json', '{}'],
    ['text/plain', 'x'],
    ['application/octet-stream', 'x'],
    ['application/x-www-form-urlencoded', 'file=x'],
    ['multipart/mixed; boundary=x', '--x--'],
    ['nonsense', 'x'],
  ])('is 415 and names what to send: %s', async (type, body) => {
    const answer = await post(requester, path, Buffer.from(body), { headers: { 'content-type': type } });
    expectProblem(answer, 415, 'media_type_unsupported', { limit: 'multipart/form-data' });
  });

  test('a client that sends the bare file, all of it, gets to read why', async () => {
    const answer = await post(requester, path, Buffer.alloc(5_000_000), {
      headers: { 'content-type': 'application/pdf' },
    });
    expectProblem(answer, 415, 'media_type_unsupported', { limit: 'multipart/form-data' });
  });

  test.each([
    ['none', 'multipart/form-data'],
    ['an empty one', 'multipart/form-data; boundary='],
    ['another than the body has', 'multipart/form-data; boundary=other'],
    ['a huge one (busboy 2026-19484)', `multipart/form-data; boundary=${'x'.repeat(10_000)}`],
  ])('is refused for its boundary: %s', async (_, type) => {
    const answer = await post(requester, path, form([filePart()]), { headers: { 'content-type': type } });
    expectProblem(answer, 400, 'body_malformed');
    await expectNoFile();
  });

  test('of a huge boundary that its body has is refused too', async () => {
    const boundary = 'x'.repeat(10_000);
    const answer = await post(requester, path, form([filePart()], boundary), {
      headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
    });
    expectProblem(answer, 400, 'body_malformed');
    await expectNoFile();
  });

  test('the type may be written in capitals', async () => {
    const headers = { 'content-type': `Multipart/Form-Data; Boundary="${BOUNDARY}"` };
    expect((await post(requester, path, form([filePart()]), { headers })).status).toBe(201);
  });

  test.each<[string, Buffer]>([
    ['noise', Buffer.from('x'.repeat(1_000))],
    [
      'a header that begins with a space (dicer 2022-24434)',
      form([part(` ${DISPOSITION}`)]).subarray(0, -30),
    ],
    ['lines that end with LF', Buffer.from(form([filePart()]).toString().replaceAll('\r\n', '\n'))],
    ['no blank line after the headers', form([Buffer.from(DISPOSITION)]).subarray(0, -4)],
  ])('is refused: %s', async (_, body) => {
    expectProblem(await post(requester, path, body), 400, 'body_malformed');
    await expectNoFile();
  });
});

describe('fields nobody asked for', () => {
  test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
    'are refused when a prototype has that name (express-fileupload 2020-7699): %s',
    async (name) => {
      const body = form([fieldPart(name, '{"polluted": 1}'), filePart()]);
      expectProblem(await post(requester, path, body), 400, 'body_malformed');
      expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
      const file = part(`Content-Disposition: form-data; name="${name}"; filename="a.txt"`, 'x');
      expectProblem(await post(requester, path, form([file])), 400, 'body_malformed');
      await expectNoFile();
    },
  );

  test('a JSON field cannot reach a prototype either', async () => {
    const field = part(
      'Content-Disposition: form-data; name="more"\r\nContent-Type: application/json',
      '{"__proto__": {"polluted": 1}}',
    );
    expectProblem(await post(requester, path, form([field, filePart()])), 400, 'body_malformed');
    expect('polluted' in {}).toBe(false);
  });

  test.each([
    ['nothing', ''],
    ['brackets (multer 2026-5079)', `a${'[b]'.repeat(2_000)}`],
    ['a large index (multer 2026-77078)', 'x[4294967294]'],
    ['dots', `a${'.b'.repeat(2_000)}`],
    ['8 kB (multiparty 2026-8159)', 'x'.repeat(8_000)],
    ['8 kB of quoted pairs', '\\"'.repeat(4_000)],
    ['8 kB of spaces and semicolons', ' ; '.repeat(2_700)],
  ])('are ignored, at once, whatever their name is: %s', async (_, name) => {
    const started = performance.now();
    const answer = await post(requester, path, form([fieldPart(name, 'x'), filePart()]));
    expect(performance.now() - started).toBeLessThan(2_000);
    expect(answer.status).toBe(201);
  });

  test.each<[string, string]>([
    ['prototype names (busboy 2026-19481)', '__proto__: x\r\nconstructor: y\r\ntoString: z'],
    ['8 kB', `X-Padding: ${'x'.repeat(8_000)}`],
    ['8 kB that never close a quote', `X-Padding: "${'\\'.repeat(8_000)}`],
    ['parameters of 8 kB', `Content-Type: text/plain; ${'a="'.repeat(2_700)}`],
  ])('headers of a part are ignored, at once, as well: %s', async (_, header) => {
    const started = performance.now();
    const file = part(`${header}\r\n${DISPOSITION}`, 'x');
    const answer = await post(requester, path, form([file]));
    expect(performance.now() - started).toBeLessThan(2_000);
    expect(answer.status).toBe(201);
  });

  test.each<[string, Buffer[]]>([
    ['thousands of fields', Array.from({ length: 5_000 }, (_, at) => fieldPart(`f${at}`, 'x'))],
    ['thousands of parts that are nothing', Array.from({ length: 5_000 }, () => part('X: 1', 'x'))],
  ])('are bounded in number: %s', async (_, parts) => {
    expectProblem(await post(requester, path, form([...parts, filePart()])), 400, 'body_malformed');
    expectProblem(await post(requester, path, form([filePart(), ...parts])), 400, 'body_malformed');
    await expectNoFile();
  });
});

describe('a body that is cut', () => {
  const whole = form([filePart(textOf(70_000)), fieldPart('description', 'x')]);

  test('in chunks that end properly, but without its closing boundary, is refused', async () => {
    for (const cut of [whole.length - 4, whole.length - 200, 70_000, 200, 10]) {
      const answer = await post(requester, path, whole.subarray(0, cut), { how: 'chunked' });
      expectProblem(answer, 400, 'body_malformed', answer.json.file_name && { file_name: 'note.txt' });
    }
    await expectNoFile();
  });

  test('short of its Content-Length by a client that says it is done is refused', async () => {
    for (const missing of [1, 4, 200, 69_000, whole.length]) {
      const exchange = await Exchange.open(requester, path, { ...FORM_TYPE, 'content-length': whole.length });
      await exchange.write(whole.subarray(0, whole.length - missing));
      exchange.finish();
      expectProblem(await exchange.answer, 400, 'body_malformed');
    }
    await expectNoFile();
  });

  test('is not taken for whole at its closing boundary while the request goes on', async () => {
    const exchange = await Exchange.open(requester, path, {
      ...FORM_TYPE,
      'content-length': whole.length + 10,
    });
    await exchange.write(whole);
    const early = await Promise.race([exchange.answer, new Promise((resolve) => setTimeout(resolve, 200))]);
    expect(early).toBeUndefined();
    await exchange.abort();
    await expectOrder(desk, 2_000);
    await expectNoFile();
  });

  test('something behind the closing boundary (RFC 2046, epilogue) is no harm', async () => {
    const answer = await post(requester, path, Buffer.concat([whole, Buffer.from('\r\nThe end.')]));
    expect(answer.status).toBe(201);
  });

  test('by a client that vanishes is forgotten: nobody refused it anything', async () => {
    for (const at of [0, 300, 60_000]) {
      const exchange = await Exchange.open(requester, path, { ...FORM_TYPE, 'content-length': whole.length });
      await exchange.write(whole.subarray(0, at));
      await expectRunning(1);
      await exchange.abort();
      await expectOrder(desk, 2_000);
    }
    const ticketId = path.split('/')[2] ?? '';
    const states = await desk.db
      .selectFrom('uploads')
      .select('state')
      .where('ticket_id', '=', ticketId)
      .execute();
    expect(states.map(({ state }) => state)).toEqual(['abandoned', 'abandoned', 'abandoned']);
    const events = await desk.db
      .selectFrom('attachment_events')
      .select('event')
      .where('ticket_id', '=', ticketId)
      .execute();
    expect(events).toEqual([]);
    await expectNoFile();
  });
});

describe('a body without end', () => {
  const NOISE = 'x'.repeat(16_384);

  test.each([
    ['a preamble', 'x'],
    ['a field', `--${BOUNDARY}\r\nContent-Disposition: form-data; name="description"\r\n\r\n`],
    ['a part nobody asked for', `--${BOUNDARY}\r\nX: 1\r\n\r\n`],
    ['headers of a part', `--${BOUNDARY}\r\nX: `],
    ['what follows the form', form([filePart()])],
  ])('is refused as too large, wherever it does not end: %s', async (_, beginning) => {
    const exchange = await Exchange.open(requester, path, { ...FORM_TYPE, 'transfer-encoding': 'chunked' });
    await exchange.writeChunk(beginning);
    let answered = false;
    void exchange.answer.then(() => {
      answered = true;
    });
    // The answer waits for the disk to let go of the file: how much can be sent until then depends on the disk.
    const patience = Date.now() + 10_000;
    while (!answered && Date.now() < patience && (await exchange.writeChunk(NOISE)));
    expect(answered).toBe(true);
    expectProblem(await exchange.answer, 413, 'file_too_large', { limit: MAX_FILE_SIZE });
    await expectNoFile();
  });
});

async function expectRunning(count: number): Promise<void> {
  await expect
    .poll(() => desk.db.selectFrom('uploads').select('id').where('state', '=', 'receiving').execute())
    .toHaveLength(count);
}
