import { get, type IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Client } from '../support/client.ts';
import { openBelow } from '../support/descriptors.ts';
import { openTestDesk, type TestDesk } from '../support/desk.ts';
import { textOf } from '../support/samples.ts';

const SIZE = 8_000_000;
const MB = 1024 * 1024;

let desk: TestDesk;
let requester: Client;
let url: string;
let path: string;
beforeAll(async () => {
  desk = await openTestDesk();
  requester = await desk.person('customer');
  const ticket = await requester.openTicket();
  const id = await requester.attach(ticket, { name: 'long.txt', bytes: textOf(SIZE) });
  path = `/attachments/${id}/download`;
  url = requester.url + path;
});
afterAll(() => desk?.close());
afterEach(() =>
  vi.waitFor(async () => expect(await openBelow(desk.dataDir)).toEqual([]), { timeout: 5_000 }),
);

/** A connection of its own, with the head of the answer, and not a byte read. */
function begin(headers: Record<string, string> = {}): Promise<IncomingMessage> {
  const signed = { authorization: `Bearer ${requester.token}`, ...headers };
  return new Promise((resolve, reject) => {
    get(url, { headers: signed, agent: false }, resolve).on('error', reject);
  });
}

describe('a client that goes away', () => {
  test.each([{}, { range: `bytes=1-${SIZE - 2}` }])('in the middle frees the file: %o', async (headers) => {
    const responses = await Promise.all(Array.from({ length: 10 }, () => begin(headers)));
    await Promise.all(responses.map((response) => new Promise((resolve) => response.once('data', resolve))));
    const open = await openBelow(desk.dataDir);
    // Each is read by its answer, and a whole one, for its hash, by a thread.
    expect(open.length).toBeGreaterThanOrEqual(10);
    expect(open.length).toBeLessThanOrEqual(20);
    for (const response of responses) response.destroy();
  });

  test('before the answer begins frees the file', async () => {
    const { attachments } = desk.services;
    const open = attachments.open.bind(attachments);
    const reading = Promise.withResolvers<void>();
    const gone = Promise.withResolvers<void>();
    const slow = vi.spyOn(attachments, 'open').mockImplementationOnce(async (grant) => {
      const file = await open(grant);
      return {
        ...file,
        async read(range) {
          const bytes = await file.read(range);
          reading.resolve();
          await gone.promise;
          return bytes;
        },
      };
    });
    const sent = get(url, { headers: { authorization: `Bearer ${requester.token}` }, agent: false });
    sent.on('error', () => undefined);
    await reading.promise;
    expect(await openBelow(desk.dataDir)).not.toEqual([]);
    sent.destroy();
    await sleep(50);
    gone.resolve();
    slow.mockRestore();
  });

  test('right after it asked, over and over, leaves nothing behind', async () => {
    for (let round = 0; round < 40; round += 1) {
      const sent = get(url, { headers: { authorization: `Bearer ${requester.token}` }, agent: false });
      sent.on('error', () => undefined);
      await sleep(round % 20);
      sent.destroy();
    }
  });
});

test('slow readers hold a few pieces of the file, not the file', async () => {
  const before = held();
  const responses = await Promise.all(Array.from({ length: 12 }, () => begin()));
  try {
    await vi.waitFor(() => expect(held() - before).toBeLessThan(12 * 4), 5_000);
    // Those that wait do not keep another from all of it.
    const other = await requester.get(path);
    expect((await other.arrayBuffer()).byteLength).toBe(SIZE);
  } finally {
    for (const response of responses) response.destroy();
  }
});

/** MB of buffers that somebody still has. */
function held(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  return process.memoryUsage().arrayBuffers / MB;
}

test('a slow reader gets every byte in the end', async () => {
  const response = await begin();
  let bytes = 0;
  for await (const chunk of response) {
    bytes += chunk.length;
    if (bytes < 2 * MB) await sleep(5);
  }
  expect(bytes).toBe(SIZE);
});
