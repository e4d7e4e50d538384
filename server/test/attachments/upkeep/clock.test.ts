import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { expireUploads } from '../../../src/attachments/upkeep/expiry.ts';
import { openTestRoom, type TestRoom } from '../../support/room.ts';

// The database's clock rules. Here it stands still, and the rows are moved instead: what was written before the clock
// was set back lies in the future.

let room: TestRoom;
beforeAll(async () => {
  room = await openTestRoom({
    ...{ concurrentUploads: 2, uploadsPerMinute: 5, maxFilesPerTicket: 2, maxStagedFiles: 2 },
  });
});
afterAll(() => room?.close());
afterEach(() => room.db.deleteFrom('uploads').execute());

const ahead = (what: string, by: string) => `${what} + interval '${by}'`;
const JUMPS = ['31 seconds', '1 day', '1 year'];

async function died(by: string, ticket?: string) {
  const upload = await room.begin(ticket, 500_000);
  await room.set(upload.id, {
    ...{ created_at: ahead('created_at', by), updated_at: ahead('updated_at', by) },
    ...{ lease_until: ahead('lease_until', by), expires_at: ahead('expires_at', by) },
  });
  return upload;
}

/** Seconds from now until the lease ends. */
async function leaseOf(id: string): Promise<number> {
  const until = (await room.upload(id))?.lease_until?.getTime() ?? 0;
  return (until - Date.now()) / 1000;
}

describe.each(JUMPS)('after the clock was set back by %s', (by) => {
  test('uploads that died before it hold no slot', async () => {
    for (let count = 0; count < 2; count += 1) await died(by);
    await expect(room.begin(undefined)).resolves.toBeDefined();
  });

  test('nor a place on their ticket', async () => {
    const ticket = await room.ticket();
    for (let count = 0; count < 2; count += 1) await died(by, ticket);
    await expect(room.attach(ticket)).resolves.toBeDefined();
    await expect(room.attach(ticket)).resolves.toBeDefined();
  });

  test('nor a place among the staged', async () => {
    for (let count = 0; count < 2; count += 1) await died(by);
    await expect(room.stage()).resolves.toBeDefined();
    await expect(room.stage()).resolves.toBeDefined();
  });

  test('uploads started before it do not count as started within the last minute', async () => {
    for (let count = 0; count < 5; count += 1) await room.attachments.abandon(await died(by));
    await expect(room.begin(undefined)).resolves.toBeDefined();
  });

  test('the sweep gives what may be living one more term, and takes what did not renew it', async () => {
    const living = await died(by);
    const dead = await died(by);
    await room.strew(dead.key);
    expect(await expireUploads(room.parts)).toEqual({ expired: 0, removed: 0 });
    for (const { id } of [living, dead]) {
      expect(await leaseOf(id)).toBeGreaterThan(20);
      expect(await leaseOf(id)).toBeLessThanOrEqual(31);
    }
    await room.set(dead.id, { lease_until: "now() - interval '1 second'" });
    expect(await expireUploads(room.parts)).toEqual({ expired: 1, removed: 1 });
    expect(await room.upload(living.id)).toMatchObject({ state: 'receiving' });
    expect(await room.store.stat(dead.key)).toBeUndefined();
  });
});

test('a staged file waits a day from the sweep after the jump, not a year', async () => {
  const { id } = await room.stage();
  await room.set(id, { expires_at: ahead('expires_at', '1 year') });
  await expireUploads(room.parts);
  const until = (await room.upload(id))?.expires_at.getTime() ?? 0;
  expect((until - Date.now()) / 3_600_000).toBeCloseTo(24, 1);
});

describe('where no clock was set back', () => {
  test('open uploads hold their slots, from the first moment to the last', async () => {
    const uploads = [await room.begin(undefined), await room.begin(undefined)];
    const full = { code: 'upload_slots_exceeded' };
    await expect(room.begin(undefined)).rejects.toMatchObject(full);
    for (const { id } of uploads) await room.set(id, { lease_until: "now() + interval '1 second'" });
    await expect(room.begin(undefined)).rejects.toMatchObject(full);
  });

  test('an upload that began while this one waited for its turn is counted', async () => {
    const other = room.anotherDb();
    try {
      const turn = Promise.withResolvers<void>();
      const held = Promise.withResolvers<void>();
      const holding = other.transaction().execute(async (trx) => {
        await trx.selectFrom('users').select('id').where('id', '=', room.requester.id).forUpdate().execute();
        held.resolve();
        await turn.promise;
      });
      await held.promise;
      const waiting = Promise.allSettled(Array.from({ length: 6 }, () => room.begin(undefined)));
      // Longer than it takes them all to begin their transactions, so that `now()` of each lies before the others' rows.
      await new Promise((resolve) => setTimeout(resolve, 300));
      turn.resolve();
      await holding;
      const begun = (await waiting).filter(({ status }) => status === 'fulfilled');
      expect(begun).toHaveLength(2);
    } finally {
      await other.destroy();
    }
  });
});
