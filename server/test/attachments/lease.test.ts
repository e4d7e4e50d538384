import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { createLeases, LEASE_SECONDS, type Leases } from '../../src/attachments/lease.ts';
import { openTestRoom, type TestRoom } from '../support/room.ts';

let room: TestRoom;
let leases: Leases;
beforeAll(async () => {
  room = await openTestRoom();
});
afterAll(() => room?.close());
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  leases = createLeases(room.db, room.parts.log);
});
afterEach(() => {
  leases.stop();
  vi.useRealTimers();
  room.log.length = 0;
});

const aSecondLeft = { lease_until: "now() + interval '1 second'" };
const someSeconds = () => vi.advanceTimersByTime(10_000);

/** Seconds until the lease ends. */
async function left(id: string): Promise<number> {
  return ((await room.upload(id))?.lease_until?.getTime() ?? 0) / 1000 - Date.now() / 1000;
}

async function expiring(): Promise<string> {
  const { id } = await room.begin(undefined);
  await room.set(id, aSecondLeft);
  return id;
}

test('a lease is renewed, long before it ends, while its upload is held', async () => {
  const [held, dropped] = [await expiring(), await expiring()];
  leases.hold(held);
  leases.hold(dropped);
  leases.drop(dropped);
  someSeconds();
  await vi.waitFor(async () => expect(await left(held)).toBeGreaterThan(LEASE_SECONDS - 5));
  expect(await left(held)).toBeLessThanOrEqual(LEASE_SECONDS + 1);
  expect(await left(dropped)).toBeLessThan(2);
  await room.set(held, aSecondLeft);
  someSeconds();
  await vi.waitFor(async () => expect(await left(held)).toBeGreaterThan(LEASE_SECONDS - 5));
});

test('an upload that was given up meanwhile gets none again', async () => {
  const id = await expiring();
  const living = await expiring();
  leases.hold(id);
  leases.hold(living);
  await room.set(id, { state: "'expired'", lease_until: 'NULL' });
  someSeconds();
  await vi.waitFor(async () => expect(await left(living)).toBeGreaterThan(LEASE_SECONDS - 5));
  expect((await room.upload(id))?.lease_until).toBeNull();
});

test('a renewal that fails is told to the log and tried again', async () => {
  const id = await expiring();
  leases.hold(id);
  const update = vi.spyOn(room.db, 'updateTable').mockImplementationOnce(() => {
    throw new Error('the connection broke');
  });
  someSeconds();
  expect(room.log).toEqual([{ level: 'warn', message: expect.stringContaining('not renewed') }]);
  update.mockRestore();
  someSeconds();
  await vi.waitFor(async () => expect(await left(id)).toBeGreaterThan(LEASE_SECONDS - 5));
});

test('nothing is renewed any more once it has stopped', async () => {
  const id = await expiring();
  leases.hold(id);
  leases.stop();
  someSeconds();
  expect(await left(id)).toBeLessThan(2);
});
