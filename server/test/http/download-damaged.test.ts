import { open, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { answerOf } from '../support/browser.ts';
import type { Client } from '../support/client.ts';
import { openBelow } from '../support/descriptors.ts';
import { openTestDesk, type TestDesk } from '../support/desk.ts';
import { expectProblem } from '../support/problem.ts';
import { textOf } from '../support/samples.ts';

const LARGE = 2_000_000;
const SMALL = 1_000;

let desk: TestDesk;
let requester: Client;
let ticket: string;
beforeAll(async () => {
  desk = await openTestDesk({ config: { maxFilesPerTicket: 1000 } });
  requester = await desk.person('customer');
  ticket = await requester.openTicket();
});
afterAll(() => desk?.close());
beforeEach(() => void desk.log.splice(0));
afterEach(() => vi.waitFor(async () => expect(await openBelow(desk.dataDir)).toEqual([])));

/** A file of that size, and where its bytes are. */
async function stored(size: number): Promise<{ path: string; bytes: string }> {
  const id = await requester.attach(ticket, { name: 'long.txt', bytes: textOf(size) });
  const row = await desk.db
    .selectFrom('ticket_attachments')
    .select('file_path')
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  return { path: `/attachments/${id}/download`, bytes: join(desk.dataDir, 'storage', row.file_path) };
}

/** What a client has got when the connection ends, and whether it may take that for the whole. */
async function received(response: Response): Promise<{ bytes: number; whole: boolean }> {
  let bytes = 0;
  try {
    for await (const chunk of response.body ?? []) bytes += chunk.length;
    return { bytes, whole: true };
  } catch {
    return { bytes, whole: false };
  }
}

const alarms = () => desk.log.filter(({ alarm }) => alarm === 'integrity');

async function expectDamaged(response: Response): Promise<void> {
  const answer = await answerOf(response);
  expectProblem(answer, 500, 'attachment_damaged');
  // Nothing of what was to be the file: a browser would save the problem under its name.
  for (const name of ['etag', 'content-disposition', 'accept-ranges', 'content-range']) {
    expect(answer.headers.get(name), name).toBeNull();
  }
  expect(alarms()).toEqual([expect.objectContaining({ level: 50, attachment: expect.any(String) })]);
}

describe('a file whose bytes are not as they were', () => {
  test.each([
    ['missing', (bytes: string) => rm(bytes)],
    ['too few', (bytes: string) => truncate(bytes, SMALL - 1)],
    ['too many', (bytes: string) => writeFile(bytes, 'x', { flag: 'a' })],
    ['none', (bytes: string) => truncate(bytes, 0)],
  ])('is 500, with an alarm in the log, before the first byte: %s', async (_, damage) => {
    const { path, bytes } = await stored(SMALL);
    await damage(bytes);
    await expectDamaged(await requester.get(path));
    desk.log.splice(0);
    await expectDamaged(await requester.get(path, { range: 'bytes=0-9' }));
    desk.log.splice(0);
    expect((await requester.fetch(path, { method: 'HEAD' })).status).toBe(500);
    expect(alarms()).toHaveLength(1);
  });

  test('is not told apart by who may not have it', async () => {
    const { path, bytes } = await stored(SMALL);
    await rm(bytes);
    const stranger = await desk.person('customer');
    expect((await stranger.get(path)).status).toBe(403);
    expect(alarms()).toEqual([]);
  });

  test('leaves no download in the audit', async () => {
    const { path, bytes } = await stored(SMALL);
    await rm(bytes);
    await requester.get(path);
    const [, , id] = path.split('/');
    const events = await desk.db
      .selectFrom('attachment_events')
      .select('event')
      .where('attachment_id', '=', id ?? '')
      .execute();
    expect(events).toEqual([{ event: 'uploaded' }]);
  });
});

describe('a byte that has changed', () => {
  async function flip(bytes: string, at: number): Promise<void> {
    const file = await open(bytes, 'r+');
    await file.write(Buffer.of(0), 0, 1, at);
    await file.close();
  }

  test.each([0, LARGE / 2, LARGE - 1])('at %i keeps the last chunk from the client', async (at) => {
    const { path, bytes } = await stored(LARGE);
    await flip(bytes, at);
    const response = await requester.get(path);
    expect(response.status).toBe(200);
    const got = await received(response);
    expect(got.whole).toBe(false);
    expect(got.bytes).toBeLessThan(LARGE);
    expect(alarms()).toHaveLength(1);
  });

  test.each([0, SMALL - 1])('at %i of a file of one chunk keeps all of it from the client', async (at) => {
    const { path, bytes } = await stored(SMALL);
    await flip(bytes, at);
    await expectDamaged(await requester.get(path));
  });

  test('of a file as large as one chunk keeps all of it from the client', async () => {
    const { path, bytes } = await stored(512 * 1024);
    await flip(bytes, 512 * 1024 - 1);
    await expectDamaged(await requester.get(path));
  });

  test('does not keep the next download of another file from its client', async () => {
    const [damaged, fine] = [await stored(LARGE), await stored(LARGE)];
    await flip(damaged.bytes, 0);
    const [first, second] = await Promise.all([requester.get(damaged.path), requester.get(fine.path)]);
    expect(await received(first)).toMatchObject({ whole: false });
    expect(await received(second)).toEqual({ whole: true, bytes: LARGE });
  });
});

test('a file that shrinks while it is sent is never taken for whole', async () => {
  const { path, bytes } = await stored(20_000_000);
  const response = await requester.get(path);
  await truncate(bytes, 1_000_000);
  expect(await received(response)).toMatchObject({ whole: false });
});

test('a file whose name goes while it is sent, as when it moves to its ticket, is sent whole', async () => {
  const { path, bytes } = await stored(10 * LARGE);
  const response = await requester.get(path);
  await rm(bytes);
  expect(await received(response)).toEqual({ bytes: 10 * LARGE, whole: true });
});

test('a download that cannot be written into the audit is none, and holds no file open', async () => {
  const { path } = await stored(SMALL);
  await sql`ALTER TABLE attachment_events ADD CONSTRAINT broken CHECK (event <> 'downloaded') NOT VALID`.execute(
    desk.db,
  );
  try {
    const answer = await answerOf(await requester.get(path));
    expectProblem(answer, 500, 'internal_error');
    await vi.waitFor(async () => expect(await openBelow(desk.dataDir)).toEqual([]));
  } finally {
    await sql`ALTER TABLE attachment_events DROP CONSTRAINT broken`.execute(desk.db);
  }
});
