import { readdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Client } from '../support/client.ts';
import { openBelow } from '../support/descriptors.ts';
import { openTestDesk, type TestDesk } from '../support/desk.ts';
import { expectOrder, filesBelow } from '../support/disorder.ts';
import { Exchange } from '../support/exchange.ts';
import { FORM_TYPE, fieldPart, filePart, form, framing, post } from '../support/form.ts';
import { textOf } from '../support/samples.ts';

/** `npm run test:aborts` asks for a thousand. */
const ABORTS = Number(process.env.ABORTS ?? 100);
const AT_ONCE = 10;
const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000);

/** One that is hashed where it is written, and one that is hashed in a thread beside. */
const SMALL = form([filePart(textOf(2_000)), fieldPart('description', 'x')]);
const LARGE = form([filePart(textOf(1_200_000)), fieldPart('description', 'x')]);

let desk: TestDesk;
let people: Client[];
let paths: string[];

beforeAll(async () => {
  desk = await openTestDesk({ config: { concurrentUploads: AT_ONCE } });
  people = await Promise.all([desk.person('customer'), desk.person('agent')]);
  const ticket = await people[0]?.openTicket();
  paths = ['/uploads', `/tickets/${ticket}/attachments`];
});
afterAll(() => desk?.close());

interface Abort {
  large: boolean;
  chunked: boolean;
  /** How much is sent before, in thousandths of the body. */
  sent: number;
  /** Milliseconds between the last byte and the end. */
  pause: number;
  /** With a reset, or an orderly end of what never was complete. */
  reset: boolean;
}

const aborts = fc.record<Abort>({
  large: fc.boolean(),
  chunked: fc.boolean(),
  sent: fc.nat(999),
  pause: fc.nat(15),
  reset: fc.boolean(),
});

async function abort({ large, chunked, sent, pause, reset }: Abort, at: number): Promise<void> {
  const body = large ? LARGE : SMALL;
  const person = people[at % 2] ?? desk.anonymous;
  const how = chunked ? 'chunked' : 'whole';
  const exchange = await Exchange.open(person, paths[at % 3 ? 1 : 0] ?? '', {
    ...FORM_TYPE,
    ...framing(body, how),
  });
  const beginning = body.subarray(0, Math.floor((body.length * sent) / 1000));
  // Whoever stops sending does not wait until all is taken. A chunk of nothing would be the end of the body.
  if (beginning.length > 0) void (chunked ? exchange.writeChunk(beginning) : exchange.write(beginning));
  if (pause > 0) await sleep(pause);
  if (reset) await exchange.abort();
  else exchange.finish();
  await exchange.closed;
}

test(`${ABORTS} uploads aborted anywhere leave descriptors, files, slots and reservations as they were (multer 2025-47935, checklist 5; seed ${SEED})`, {
  timeout: 30_000 + 200 * ABORTS,
}, async () => {
  // What is opened once and stays: connections to the database, the thread that hashes.
  await Promise.all(paths.map((path) => post(people[1] ?? desk.anonymous, path, LARGE)));
  await storm(fc.sample(aborts, { numRuns: 2 * AT_ONCE, seed: SEED + 1 }));
  await expectOrder(desk, 10_000);
  const descriptors = (await readdir('/proc/self/fd')).length;
  const files = await filesBelow(desk.dataDir);

  await storm(fc.sample(aborts, { numRuns: ABORTS, seed: SEED }));

  await expectOrder(desk, 10_000);
  expect(await filesBelow(desk.dataDir)).toEqual(files);
  await expect.poll(() => openBelow(desk.dataDir), { timeout: 5_000 }).toEqual([]);
  await expect
    .poll(async () => (await readdir('/proc/self/fd')).length, { timeout: 20_000, interval: 200 })
    .toBeLessThanOrEqual(descriptors);
  expect(desk.log).toEqual([]);
  const states = await desk.db.selectFrom('uploads').select('state').distinct().orderBy('state').execute();
  expect(states.map(({ state }) => state)).toEqual(['abandoned', 'attached', 'ready']);
  for (const path of paths) {
    const answers = await Promise.all(
      Array.from({ length: AT_ONCE }, () => post(people[0] ?? desk.anonymous, path, SMALL)),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(AT_ONCE).fill(201));
  }
});

async function storm(all: Abort[]): Promise<void> {
  for (let at = 0; at < all.length; at += AT_ONCE) {
    await Promise.all(all.slice(at, at + AT_ONCE).map((one, index) => abort(one, at + index)));
  }
}
