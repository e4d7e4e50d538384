import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Client } from '../support/client.ts';
import { Exchange } from '../support/exchange.ts';
import { FORM_TYPE, filePart, form } from '../support/form.ts';
import { textOf } from '../support/samples.ts';
import { type LiveDesk, openLiveDesk } from './live-desk.ts';
import { descriptorsOf } from './process-figures.ts';

const ABORTS = Number(process.env.DOCKET_TEST_ABORTS ?? 100);
const AT_ONCE = 10;
/** One file on a ticket, and no slot to spare: what is not given back is missed at once. */
const TIGHT = { DOCKET_MAX_FILES_PER_TICKET: '1', DOCKET_CONCURRENT_UPLOADS: String(AT_ONCE) };
const body = form([filePart(textOf(3_000_000))]);

let desk: LiveDesk;
let person: Client;
beforeAll(async () => {
  desk = await openLiveDesk(TIGHT);
  person = await desk.person();
}, 60_000);
afterAll(() => desk?.close());

const spooled = () => readdir(join(desk.dataDir, 'spool'));

/** Begins an upload, as soon as the one before has given its place back: the server asks for the body then. */
async function begin(ticket: string): Promise<Exchange> {
  for (const giveUp = Date.now() + 10_000; Date.now() < giveUp; ) {
    const exchange = await Exchange.open(person, `/tickets/${ticket}/attachments`, {
      ...FORM_TYPE,
      ...{ 'content-length': body.length, expect: '100-continue' },
    });
    let refused = false;
    void exchange.answer.then(() => {
      refused = true;
    });
    while (!refused && exchange.continues === 0) await sleep(1);
    if (!refused) return exchange;
    await exchange.abort();
  }
  throw new Error('an aborted upload kept its place');
}

async function breakOff(ticket: string): Promise<void> {
  const exchange = await begin(ticket);
  await exchange.write(body.subarray(0, Math.floor(Math.random() * body.length)));
  if (Math.random() < 0.5) await sleep(Math.random() * 20);
  await exchange.abort();
  expect(await exchange.answer).toBeUndefined();
}

test(
  `${ABORTS} uploads that break off at random bytes leave descriptors, spool, slots and reservations as they were`,
  async () => {
    const tickets = await Promise.all(Array.from({ length: AT_ONCE }, () => person.openTicket()));
    const whole = { name: 'whole.txt', bytes: textOf(3_000_000) };
    await person.attach(await person.openTicket(), whole);
    await Promise.all(tickets.map(breakOff)); // opens the database connections that so many use
    const before = await descriptorsOf(desk.pid);

    let left = ABORTS;
    const begun = Date.now();
    await Promise.all(
      tickets.map(async (ticket) => {
        while (left-- > 0) await breakOff(ticket);
      }),
    );
    console.log(`${ABORTS} uploads broken off in ${Date.now() - begun} ms; ${before} descriptors before`);

    await vi.waitFor(
      async () => {
        expect(await spooled()).toEqual([]);
        expect(await descriptorsOf(desk.pid)).toBeLessThanOrEqual(before);
      },
      { timeout: 15_000, interval: 100 },
    );
    const statuses = await Promise.all(
      tickets.map(async (ticket) => (await person.upload(`/tickets/${ticket}/attachments`, whole)).status),
    );
    expect(new Set(statuses)).toEqual(new Set([201]));
    const stored = await readdir(join(desk.dataDir, 'storage'), { recursive: true, withFileTypes: true });
    expect(stored.filter((entry) => entry.isFile())).toHaveLength(AT_ONCE + 1);
  },
  60_000 + ABORTS * 500,
);
