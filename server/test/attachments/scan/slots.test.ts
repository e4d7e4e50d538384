import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSlots } from '../../../src/attachments/scan/slots.ts';
import { type Notifications, openNotifications } from '../../../src/db/notifications.ts';
import { type Db, openDb, openPool } from '../../../src/db/open.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';

const log = { info() {}, warn() {}, error() {} };
const { signal } = new AbortController();

let database: TestDatabase;
let db: Db;
let alive: Notifications;
beforeAll(async () => {
  database = await createTestDatabase();
  db = openDb(openPool(database.to, () => {}));
  alive = await openNotifications(database.to, db, log);
});
afterAll(async () => {
  await alive?.close();
  await db?.destroy();
  await database?.drop();
});

const slotsOf = (instance: number, on = db) => createSlots({ db: on, log, instance, places: 2 });

/** Work that takes until it is told to end. */
function endless() {
  const { promise, resolve: end } = Promise.withResolvers<void>();
  return { work: () => promise, end };
}

test('whoever comes when all places are taken waits until one is free', async () => {
  const { inSlot } = slotsOf(alive.instance);
  const [one, other] = [endless(), endless()];
  const taken = [inSlot(signal, one.work), inSlot(signal, other.work)];
  await expect.poll(() => db.selectFrom('scan_slots').select('slot').execute()).toHaveLength(2);
  let came = false;
  const third = inSlot(signal, async () => {
    came = true;
  });
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(came).toBe(false);
  one.end();
  await third;
  other.end();
  await Promise.all(taken);
  expect(await db.selectFrom('scan_slots').select('slot').execute()).toEqual([]);
});

test('the places of a process that died are free at once', async () => {
  const dead = await openNotifications(database.to, db, log);
  const never = endless();
  const stuck = [slotsOf(dead.instance), slotsOf(dead.instance)].map(({ inSlot }) =>
    inSlot(signal, never.work),
  );
  await expect.poll(() => db.selectFrom('scan_slots').select('slot').execute()).toHaveLength(2);
  await dead.close();
  const began = performance.now();
  await slotsOf(alive.instance).inSlot(signal, async () => {});
  expect(performance.now() - began).toBeLessThan(1_000);
  never.end();
  await Promise.all(stuck);
});

test('a place that could not be given back is given back with the next', async () => {
  let isGone = false;
  const flaky = new Proxy(db, {
    get(it, name) {
      if (name === 'deleteFrom' && isGone) throw new Error('the connection broke');
      const its: unknown = Reflect.get(it, name, it);
      return typeof its === 'function' ? its.bind(it) : its;
    },
  });
  const { inSlot } = slotsOf(alive.instance, flaky);
  await inSlot(signal, async () => {
    isGone = true;
  });
  expect(await db.selectFrom('scan_slots').select('slot').execute()).toHaveLength(1);
  isGone = false;
  await inSlot(signal, async () => {});
  expect(await db.selectFrom('scan_slots').select('slot').execute()).toEqual([]);
});

test('who waits is let go when Docket ends', async () => {
  const ending = new AbortController();
  const { inSlot } = slotsOf(alive.instance);
  const [one, other] = [endless(), endless()];
  const taken = [inSlot(signal, one.work), inSlot(signal, other.work)];
  await expect.poll(() => db.selectFrom('scan_slots').select('slot').execute()).toHaveLength(2);
  const waiting = inSlot(ending.signal, async () => {});
  ending.abort();
  await expect(waiting).rejects.toThrow();
  one.end();
  other.end();
  await Promise.all(taken);
});
