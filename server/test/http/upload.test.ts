import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Answer, answerOf } from '../support/browser.ts';
import { type Client, note } from '../support/client.ts';
import { openTestDesk, type TestDesk } from '../support/desk.ts';
import { expectOrder } from '../support/disorder.ts';
import { fieldPart, filePart, form, part, post } from '../support/form.ts';
import { expectProblem } from '../support/problem.ts';
import { PNG, textOf } from '../support/samples.ts';

let desk: TestDesk;
let requester: Client;
let agent: Client;
let ticket: string;

beforeAll(async () => {
  desk = await openTestDesk({ config: { maxFilesPerTicket: 1000 } });
  [requester, agent] = await Promise.all([desk.person('customer', 'Rita'), desk.person('agent', 'Adam')]);
  ticket = await requester.openTicket();
});
afterAll(() => desk?.close());
afterEach(() => expectOrder(desk));

function upload(...parts: Buffer[]): Promise<Answer> {
  return post(requester, `/tickets/${ticket}/attachments`, form(parts));
}

describe('what comes back', () => {
  test('of a file on a ticket, put there by an agent: everything that is known of it, for this caller', async () => {
    const text = 'It burns.\n';
    const answer = await answerOf(await agent.upload(`/tickets/${ticket}/attachments`, note(text)));
    expect(answer.status).toBe(201);
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
    expect(answer.json).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      ticket_id: ticket,
      reply_id: null,
      file_name: 'note.txt',
      file_size: text.length,
      mime_type: 'text/plain',
      description: null,
      sha256: createHash('sha256').update(text).digest('hex'),
      warnings: [],
      uploaded_by: agent.id,
      uploader: { id: agent.id, name: 'Adam' },
      ...{ virus_scan_status: 'skipped', virus_scan_timestamp: null, virus_scan_result: null },
      ...{ released_at: null, released: null, legal_hold: null },
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      can: {
        ...{ download: true, preview: true, thumbnail: false, edit: true },
        ...{ delete: true, restore: false, release: false, rescan: false, hold: false },
      },
    });
  });

  test('of a file on a reply: the same, with the reply', async () => {
    const { json: reply } = await answerOf(
      await requester.post(`/tickets/${ticket}/replies`, { body: 'See.' }),
    );
    const path = `/tickets/${ticket}/replies/${reply.id}/attachments`;
    const answer = await answerOf(await requester.upload(path, note()));
    expect(answer.status).toBe(201);
    expect(answer.json).toMatchObject({ ticket_id: ticket, reply_id: reply.id, uploaded_by: requester.id });
    expect(await (await agent.get(path)).json()).toEqual({
      data: [expect.objectContaining({ id: answer.json.id })],
      total: 1,
    });
  });

  test('an image may be previewed', async () => {
    const { json } = await upload(filePart(PNG, 'pixel.png'));
    expect(json.can).toMatchObject({ download: true, preview: true });
  });

  test('the audit knows who uploaded what, from where', async () => {
    const { json } = await upload(filePart('Listen.\n', 'heard.txt'));
    const event = await desk.db
      .selectFrom('attachment_events')
      .selectAll()
      .where('attachment_id', '=', json.id)
      .executeTakeFirstOrThrow();
    expect(event).toMatchObject({
      event: 'uploaded',
      actor_id: requester.id,
      address: '127.0.0.1',
      ticket_id: ticket,
      detail: { file_name: 'heard.txt', file_size: 8, sha256: json.sha256 },
    });
  });

  test('a file larger than any JSON body comes in whole, in one piece and in chunks', async () => {
    const text = textOf(3_000_000);
    const sha256 = createHash('sha256').update(text).digest('hex');
    for (const how of ['whole', 'chunked'] as const) {
      const body = form([filePart(text, 'long.txt')]);
      const answer = await post(requester, `/tickets/${ticket}/attachments`, body, { how });
      expect(answer.json).toMatchObject({ file_size: 3_000_000, sha256 });
    }
  });
});

describe('the description', () => {
  test.each([
    ['before the file', (file: Buffer, text: Buffer) => [text, file]],
    ['after the file', (file: Buffer, text: Buffer) => [file, text]],
  ])('may come %s', async (_, ordered) => {
    const { json } = await upload(...ordered(filePart(), fieldPart('description', ' The hall printer\n')));
    expect(json.description).toBe('The hall printer');
  });

  test.each([
    ['letters', 'x'],
    ['letters of two bytes', 'ä'],
    ['emoji, which are two code units each', '🔥'],
  ])('has up to 500 characters, counted as people count them: %s', async (_, char) => {
    const { status, json } = await upload(filePart(), fieldPart('description', char.repeat(500)));
    expect(status).toBe(201);
    expect(json.description).toBe(char.repeat(500));
    expectProblem(
      await upload(filePart(), fieldPart('description', char.repeat(501))),
      400,
      'description_too_long',
      { limit: 500, actual: 501 },
    );
  });

  test('of many thousand characters is refused without a count of what was not read', async () => {
    const answer = await upload(filePart(), fieldPart('description', 'x'.repeat(100_000)));
    expectProblem(answer, 400, 'description_too_long', { limit: 500 });
  });

  test.each(['', ' \r\n\t'])('of nothing to read (%j) is none', async (blank) => {
    expect((await upload(filePart(), fieldPart('description', blank))).json.description).toBeNull();
  });

  test('with a NUL is refused', async () => {
    expectProblem(await upload(filePart(), fieldPart('description', 'a\0b')), 400, 'request_invalid', {
      actual: 'description holds a NUL',
    });
  });

  test.each([
    ['an object', '{"a": 1}'],
    ['an object that cannot be text', '{"toString": 1, "valueOf": 1}'],
    ['a list', '["a"]'],
    ['a number', '7'],
  ])('that says it is JSON and is %s is refused', async (_, json) => {
    const description = part(
      'Content-Disposition: form-data; name="description"\r\nContent-Type: application/json',
      json,
    );
    expectProblem(await upload(filePart(), description), 400, 'request_invalid', {
      actual: 'description is not text',
    });
  });

  test('stays as it is: Markdown, markup and quotes', async () => {
    const text = `<b>"it's"</b> **burning** \\ & ; DROP TABLE`;
    expect((await upload(filePart(), fieldPart('description', text))).json.description).toBe(text);
  });
});

describe('the file name', () => {
  const named = (fileName: string | Buffer) =>
    upload(
      part(
        Buffer.concat([
          Buffer.from('Content-Disposition: form-data; name="file"; filename'),
          Buffer.from(fileName),
        ]),
        'It burns.\n',
      ),
    );

  test.each([
    ['UTF-8', '="Größe 漢字 🔥.txt"', 'Größe 漢字 🔥.txt'],
    ['UTF-8 in letters and marks, kept in NFC', '="Gro\u0308ße.txt"', 'Größe.txt'],
    ['without quotes', '=note.txt', 'note.txt'],
    ['with quoted pairs', '="a \\"b\\" c.txt"', 'a "b" c.txt'],
    ['with a semicolon', '="a; b.txt"', 'a; b.txt'],
    ['as RFC 8187 has it, in UTF-8', "*=UTF-8''Gr%C3%B6%C3%9Fe.txt", 'Größe.txt'],
    ['as RFC 8187 has it, in Latin-1', "*=iso-8859-1'de'Gr%F6%DFe.txt", 'Größe.txt'],
    ['in a folder', '="../../etc/passwd.txt"', 'passwd.txt'],
    ['in a Windows folder', '="C:\\fakepath\\note.txt"', 'note.txt'],
  ])('%s', async (_, parameter, fileName) => {
    const { status, json } = await named(parameter);
    expect(json).toMatchObject({ file_name: fileName });
    expect(status).toBe(201);
  });

  test('in Latin-1, which no browser sends, loses what UTF-8 cannot read and nothing else', async () => {
    const { status, json } = await named(Buffer.from('="Größe.txt"', 'latin1'));
    expect(json.file_name).toBe('Gr��e.txt');
    expect(status).toBe(201);
  });

  test.each([
    ['busboy 2026-74866: a line feed', '="a\nb.txt"'],
    ['busboy 2026-74866: a carriage return', '="a\rb.txt"'],
    ['an encoded line break', "*=UTF-8''a%0D%0Ab.txt"],
  ])('with %s makes no file part', async (_, parameter) => {
    expectProblem(await named(parameter), 400, 'file_missing');
  });

  test('with a bad filename* (multiparty 2026-8162: %E0%) crashes nothing', async () => {
    const answer = await named("*=UTF-8''a%E0%.txt");
    expect(answer.status).toBe(201);
    expect(answer.json.file_name).toMatch(/^a.*\.txt$/);
  });

  test('of a type that is not allowed is refused, and the answer lists those that are', async () => {
    const answer = await named('="run.exe"');
    expectProblem(answer, 400, 'type_not_allowed', {
      file_name: 'run.exe',
      limit: expect.stringContaining('pdf, doc'),
    });
  });
});

describe('the client is not believed', () => {
  test('a PNG sent as text/html is image/png', async () => {
    const answer = await answerOf(
      await requester.upload(`/tickets/${ticket}/attachments`, {
        ...{ name: 'pixel.png', bytes: PNG, type: 'text/html' },
      }),
    );
    expect(answer.json.mime_type).toBe('image/png');
    const download = await agent.get(`/attachments/${answer.json.id}/download`);
    expect(download.headers.get('content-type')).toBe('image/png');
    expect(Buffer.from(await download.arrayBuffer())).toEqual(PNG);
  });

  test('text sent as image/png is text/plain', async () => {
    const answer = await upload(
      part(
        'Content-Disposition: form-data; name="file"; filename="a.txt"\r\nContent-Type: image/png',
        'Hi.\n',
      ),
    );
    expect(answer.json.mime_type).toBe('text/plain');
  });

  test('a name that its content does not fit is refused', async () => {
    const answer = await upload(filePart('GIF89a, or not', 'pixel.png'));
    expect(answer.status).toBe(400);
    expect(answer.json.file_name).toBe('pixel.png');
  });

  test('fields cannot set type, size, status, path, owner or place (checklist 20)', async () => {
    const other = await agent.openTicket();
    const { status, json } = await upload(
      ...['mime_type', 'file_size', 'virus_scan_status', 'uploaded_by'].map((name) => fieldPart(name, 'x')),
      fieldPart('ticket_id', other),
      filePart(),
    );
    expect(status).toBe(201);
    expect(json).toMatchObject({
      ticket_id: ticket,
      mime_type: 'text/plain',
      file_size: 10,
      uploaded_by: requester.id,
    });
  });
});
