import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { type Answer, answerOf } from '../support/browser.ts';
import type { Client } from '../support/client.ts';
import { openTestDesk, type TestDesk } from '../support/desk.ts';
import { expectOrder } from '../support/disorder.ts';
import { Exchange } from '../support/exchange.ts';
import { fieldPart, filePart, form, framing } from '../support/form.ts';
import { expectProblem } from '../support/problem.ts';

const AT_ONCE = 20;
const TEXT = 'It burns.\r\n--c\r\n\r\n-';
const BODY = form([fieldPart('description', 'Größe'), filePart(TEXT, 'a.txt')], 'b');
/** From here on the form is whole; only a line break follows. */
const WHOLE = BODY.lastIndexOf('--') + 2;
const TYPE = { 'content-type': 'multipart/form-data; boundary=b' };

// Hundreds of files that all go to the disk: beside other tests that takes its time.
vi.setConfig({ testTimeout: 120_000 });

let desk: TestDesk;
let requester: Client;
let path: string;

beforeAll(async () => {
  desk = await openTestDesk({ config: { maxFilesPerTicket: 100_000, concurrentUploads: AT_ONCE } });
  requester = await desk.person('customer');
});
beforeEach(async () => {
  path = `/tickets/${await requester.openTicket()}/attachments`;
});
afterAll(() => desk?.close());
afterEach(() => expectOrder(desk, 5_000));

/** Sends these pieces as so many writes, each by itself on the wire, and says that it is done. */
async function send(pieces: Buffer[], how: 'whole' | 'chunked', length = BODY.length): Promise<Exchange> {
  const exchange = await Exchange.open(requester, path, {
    ...TYPE,
    ...framing(BODY.subarray(0, length), how),
  });
  for (const piece of pieces.filter((one) => one.length > 0)) {
    await (how === 'whole' ? exchange.write(piece) : exchange.writeChunk(piece));
    await sleep(2);
  }
  if (how === 'chunked') await exchange.writeChunk('');
  return exchange;
}

function expectAccepted(answer: Answer | undefined): void {
  expect(answer?.json).toMatchObject({
    file_name: 'a.txt',
    description: 'Größe',
    sha256: createHash('sha256').update(TEXT).digest('hex'),
  });
  expect(answer?.status).toBe(201);
}

/** For every length from `from` up to that of the body. */
async function atEveryByte(from: number, check: (at: number) => Promise<void>): Promise<void> {
  const positions = Array.from({ length: BODY.length - from }, (_, at) => from + at);
  for (let at = 0; at < positions.length; at += AT_ONCE) {
    await Promise.all(positions.slice(at, at + AT_ONCE).map(check));
  }
}

async function kept(): Promise<number> {
  return (await answerOf(await requester.get(path))).json.total;
}

test('a form that comes in two pieces is the same wherever it is cut', async () => {
  await atEveryByte(1, async (at) => {
    const exchange = await send([BODY.subarray(0, at), BODY.subarray(at)], 'whole');
    expectAccepted(await exchange.answer);
    exchange.finish();
  });
  expect(await kept()).toBe(BODY.length - 1);
});

test('a form that comes in any pieces is the same, as it is and in chunks', async () => {
  const cuts = fc.uniqueArray(fc.integer({ min: 1, max: BODY.length - 1 }), { maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(cuts, fc.constantFrom('whole', 'chunked'), async (positions, how) => {
      const ends = [...positions.toSorted((a, b) => a - b), BODY.length];
      const pieces = ends.map((end, at) => BODY.subarray(ends[at - 1] ?? 0, end));
      const exchange = await send(pieces, how);
      expectAccepted(await exchange.answer);
      exchange.finish();
    }),
    { numRuns: 25 },
  );
});

test('a form that is cut at any byte, in a body that ends as it should, is refused and not kept', async () => {
  let whole = 0;
  await atEveryByte(0, async (length) => {
    const exchange = await send([BODY.subarray(0, length)], 'chunked', length);
    const answer = await exchange.answer;
    exchange.finish();
    if (length >= WHOLE) {
      whole += 1;
      return expectAccepted(answer);
    }
    const details = answer?.json.file_name && { file_name: 'a.txt' };
    expectProblem(answer, 400, length === 0 ? 'file_missing' : 'body_malformed', details);
  });
  expect(await kept()).toBe(whole);
  expect(whole).toBe(2);
});

test('a body that is cut at any byte gets 400 or no answer, and is not kept', async () => {
  await atEveryByte(0, async (length) => {
    const exchange = await send([BODY.subarray(0, length)], 'whole');
    exchange.finish();
    const answer = await exchange.answer;
    if (answer) expectProblem(answer, 400, 'body_malformed');
    await exchange.closed;
  });
  await expectOrder(desk, 5_000);
  expect(await kept()).toBe(0);
});
