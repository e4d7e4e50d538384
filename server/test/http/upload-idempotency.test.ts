import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Answer, answerOf } from '../support/browser.ts';
import { type Client, note } from '../support/client.ts';
import { openTestDesk, type TestDesk } from '../support/desk.ts';
import { expectOrder, filesBelow } from '../support/disorder.ts';
import { Exchange } from '../support/exchange.ts';
import { FORM_TYPE, fieldPart, filePart, form, post } from '../support/form.ts';
import { expectProblem } from '../support/problem.ts';

const PLACES = 3;

let desk: TestDesk;
let requester: Client;
let agent: Client;
let ticket: string;

beforeAll(async () => {
  desk = await openTestDesk({
    config: { maxFilesPerTicket: PLACES, concurrentUploads: 10 },
    bounds: { maxStagedFiles: PLACES },
  });
  [requester, agent] = await Promise.all([desk.person('customer'), desk.person('agent')]);
});
beforeEach(async () => {
  ticket = await requester.openTicket();
});
afterAll(() => desk?.close());
afterEach(async () => {
  await expectOrder(desk, 2_000);
  for (const { id } of (await answerOf(await requester.get('/uploads'))).json.data) {
    await requester.send('DELETE', `/uploads/${id}`);
  }
});

let keys = 0;
const newKey = () => {
  keys += 1;
  return { 'idempotency-key': `upload-${keys}` };
};

describe.each(['form', 'staged'])('a %s upload with an Idempotency-Key', (entrance) => {
  const path = () => (entrance === 'form' ? `/tickets/${ticket}/attachments` : '/uploads');
  const upload = (headers: Record<string, string>, body = BODY, who = requester): Promise<Answer> =>
    post(who, path(), body, { headers });
  const BODY = form([filePart(), fieldPart('description', 'The hall')]);
  const stored = () => filesBelow(join(desk.dataDir, 'storage'));
  const total = async (): Promise<number> => (await answerOf(await requester.get(path()))).json.total;

  test('repeated, gets the first answer, creates nothing and leaves no bytes', async () => {
    const key = newKey();
    const first = await upload(key);
    const before = await stored();
    for (let at = 0; at < 2; at += 1) {
      const repeat = await upload(key);
      expect(repeat.status).toBe(201);
      expect(repeat.json).toEqual(first.json);
    }
    await expectOrder(desk);
    expect(await stored()).toEqual(before);
    expect(await total()).toBe(1);
  });

  test.each<[string, Buffer]>([
    ['other bytes', form([filePart('It drips.\n'), fieldPart('description', 'The hall')])],
    ['another name', form([filePart('It burns.\n', 'other.txt'), fieldPart('description', 'The hall')])],
    ['another description', form([filePart(), fieldPart('description', 'The cellar')])],
    ['no description', form([filePart()])],
  ])('and %s is 422, and nothing of it is kept', async (_, body) => {
    const key = newKey();
    await upload(key);
    const before = await stored();
    expectProblem(await upload(key, body), 422, 'idempotency_key_reused');
    await expectOrder(desk);
    expect(await stored()).toEqual(before);
    expect(await total()).toBe(1);
  });

  test('is 422 when the key was for another place, or for something else', async () => {
    const key = newKey();
    await upload(key);
    const elsewhere = entrance === 'form' ? '/uploads' : `/tickets/${ticket}/attachments`;
    expectProblem(await post(requester, elsewhere, BODY, { headers: key }), 422, 'idempotency_key_reused');
    const other = newKey();
    await requester.post('/tickets', { subject: 'First', description: 'x' }, other);
    expectProblem(await upload(other), 422, 'idempotency_key_reused');
  });

  test('many at once make one file, and all get the same answer', async () => {
    const key = newKey();
    const answers = await Promise.all(Array.from({ length: PLACES }, () => upload(key)));
    expect(answers.map(({ status }) => status)).toEqual(Array(PLACES).fill(201));
    expect(new Set(answers.map(({ json }) => json.id)).size).toBe(1);
    await expectOrder(desk);
    expect(await total()).toBe(1);
  });

  test('repeated when it is full meanwhile gets the first answer', async () => {
    const key = newKey();
    const first = await upload(key);
    for (let place = 1; place < PLACES; place += 1) expect((await upload({})).status).toBe(201);
    expect((await upload({})).status).toBe(409);
    const repeat = await upload(key);
    expect(repeat.status).toBe(201);
    expect(repeat.json).toEqual(first.json);
    expect(await total()).toBe(PLACES);
  });

  test('is its sender’s own: another person with the same key makes another file', async () => {
    const key = newKey();
    const [mine, theirs] = [await upload(key), await upload(key, BODY, agent)];
    expect([mine.status, theirs.status]).toEqual([201, 201]);
    expect(theirs.json.id).not.toBe(mine.json.id);
    if (entrance === 'staged') await agent.send('DELETE', `/uploads/${theirs.json.id}`);
  });

  test('that was refused, or cut, may be tried again with the same key', async () => {
    const key = newKey();
    expect((await upload(key, form([]))).status).toBe(400);
    const exchange = await Exchange.open(requester, path(), {
      ...{ ...FORM_TYPE, 'content-length': BODY.length, ...key },
    });
    await exchange.write(BODY.subarray(0, 200));
    await exchange.abort();
    expect((await upload(key)).status).toBe(201);
    expect(await total()).toBe(1);
  });

  test('whose answer was lost is found by its repeat', async () => {
    const key = newKey();
    const exchange = await Exchange.open(requester, path(), {
      ...{ ...FORM_TYPE, 'content-length': BODY.length, ...key },
    });
    await exchange.write(BODY);
    await exchange.abort();
    expect((await upload(key)).status).toBe(201);
    await expectOrder(desk, 2_000);
    expect(await total()).toBe(1);
  });

  test.each([
    ['empty', ''],
    ['of two words', 'two words'],
    ['of 256 characters', 'x'.repeat(256)],
    ['with an umlaut', 'schlüssel'],
    ['with a tab', 'a\tb'],
  ])('that is %s is 400 before the body is read', async (_, key) => {
    const exchange = await Exchange.open(requester, path(), {
      ...{ ...FORM_TYPE, 'content-length': BODY.length, expect: '100-continue', 'idempotency-key': key },
    });
    expectProblem(await exchange.answer, 400, 'idempotency_key_invalid');
    expect(exchange.continues).toBe(0);
    expect(await total()).toBe(0);
  });

  test('of 255 characters of any kind that can be seen is one', async () => {
    const key = { 'idempotency-key': `${keys}!"#$%&'()*+,-./:;<=>?@[\\]^_\`{|}~`.padEnd(255, entrance) };
    expect((await upload(key)).json).toEqual((await upload(key)).json);
  });
});

describe.each(['ticket', 'reply'])('a new %s with files and an Idempotency-Key', (kind) => {
  const create = (upload_ids: string[], key: Record<string, string>) =>
    kind === 'ticket'
      ? requester.post('/tickets', { subject: 'Files', description: 'x', upload_ids }, key)
      : requester.post(`/tickets/${ticket}/replies`, { body: 'x', upload_ids }, key);

  test('repeated after its answer was lost gets it, though its files are claimed by now', async () => {
    const key = newKey();
    const ids = [await requester.stage(), await requester.stage(note('It drips.\n'))];
    const first = await answerOf(await create(ids, key));
    const repeat = await answerOf(await create(ids, key));
    expect([first.status, repeat.status]).toEqual([201, 201]);
    expect(repeat.json).toEqual(first.json);
    expectProblem(await answerOf(await create(ids, newKey())), 404, 'upload_not_found');
  });

  test('many at once claim once', async () => {
    const key = newKey();
    const ids = [await requester.stage()];
    const answers = await Promise.all(
      Array.from({ length: 5 }, async () => answerOf(await create(ids, key))),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(5).fill(201));
    expect(new Set(answers.map(({ json }) => json.id)).size).toBe(1);
  });
});
