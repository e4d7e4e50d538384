import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Client } from '../support/client.ts';
import { Exchange } from '../support/exchange.ts';
import { FORM_TYPE, filePart, form } from '../support/form.ts';
import { textOf } from '../support/samples.ts';
import { type LiveDesk, openLiveDesk } from './live-desk.ts';
import { descriptorsOf, MB, median, memoryOf } from './process-figures.ts';

const SLOW = Number(process.env.DOCKET_TEST_SLOW_CLIENTS ?? 200);
const PEOPLE = 4;
const PROBES = 30;
const START = form([filePart(textOf(200_000))]).subarray(0, 1000);

let desk: LiveDesk;
let people: Client[];
beforeAll(async () => {
  desk = await openLiveDesk({ DOCKET_CONCURRENT_UPLOADS: String(SLOW / PEOPLE) });
  people = await Promise.all(Array.from({ length: PEOPLE + 1 }, () => desk.person()));
}, 60_000);
afterAll(() => desk?.close());

const spooled = async () => (await readdir(join(desk.dataDir, 'spool'))).length;

/** Milliseconds each of some ordinary uploads took, one after the other. */
async function ordinary(person: Client): Promise<number[]> {
  const ticket = await person.openTicket();
  const file = { name: 'ordinary.txt', bytes: textOf(100_000) };
  const times: number[] = [];
  for (let probe = 0; probe < PROBES; probe += 1) {
    const begun = performance.now();
    await person.attach(ticket, file);
    times.push(performance.now() - begun);
  }
  return times;
}

/** Sends the start of a large upload, and of the rest a byte a second, until told to go. */
async function openSlow(person: Client, ticket: string, gone: AbortSignal): Promise<() => Promise<void>> {
  const exchange = await Exchange.open(person, `/tickets/${ticket}/attachments`, {
    ...FORM_TYPE,
    'content-length': 200_000,
  });
  await exchange.write(START);
  const dripping = (async () => {
    while (!gone.aborted) {
      await sleep(1000, undefined, { signal: gone }).catch(() => {});
      if (!gone.aborted) expect(await exchange.write('x')).toBe(true);
    }
  })();
  return async () => {
    await dripping;
    await exchange.abort();
  };
}

test(`${SLOW} clients that send a byte a second keep nobody waiting, and leave nothing behind`, async () => {
  const [someone, ...slowPeople] = people;
  if (!someone) throw new Error('nobody is here');
  await ordinary(someone); // what is done but once is done
  const calm = await ordinary(someone);
  const before = { memory: (await memoryOf(desk.pid)).now, descriptors: await descriptorsOf(desk.pid) };

  const gone = new AbortController();
  const leaving = await Promise.all(
    slowPeople.map(async (person) => {
      const ticket = await person.openTicket();
      return Promise.all(Array.from({ length: SLOW / PEOPLE }, () => openSlow(person, ticket, gone.signal)));
    }),
  );
  await vi.waitFor(async () => expect(await spooled()).toBe(SLOW), { timeout: 30_000, interval: 100 });
  const beside = await ordinary(someone);
  const memory = (await memoryOf(desk.pid)).now;

  gone.abort();
  await Promise.all(leaving.flat().map((leave) => leave()));
  await vi.waitFor(
    async () => {
      expect(await spooled()).toBe(0);
      expect(await descriptorsOf(desk.pid)).toBeLessThanOrEqual(before.descriptors + 20); // the database's
    },
    { timeout: 20_000, interval: 100 },
  );
  const again = await ordinary(someone);

  const ms = (times: number[]) => median(times).toFixed(1);
  console.log(
    `100 KB beside ${SLOW} slow clients: ${ms(beside)} ms at the median (before ${ms(calm)}, after ${ms(again)}); ` +
      `${((memory - before.memory) / MB).toFixed(0)} MB more memory`,
  );
  // The calm before and after: the machine is not equally fast all the time.
  expect(median(beside)).toBeLessThan(2 * Math.max(median(calm), median(again)) + 20);
  expect(memory - before.memory).toBeLessThan(100 * MB);

  const [first] = slowPeople;
  const ticket = await first?.openTicket();
  const slots = Array.from({ length: SLOW / PEOPLE }, () =>
    first?.upload(`/tickets/${ticket}/attachments`, { name: 'whole.txt', bytes: textOf(1000) }),
  );
  const statuses = (await Promise.all(slots)).map((response) => response?.status);
  expect(new Set(statuses)).toEqual(new Set([201]));
}, 120_000);
