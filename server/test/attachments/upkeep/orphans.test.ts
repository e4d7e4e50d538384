import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { removeOrphans } from '../../../src/attachments/upkeep/orphans.ts';
import { homeOf } from '../../../src/attachments/upkeep/rehome.ts';
import { only, openTestRoom, storeLike, type TestRoom } from '../../support/room.ts';

let room: TestRoom;
beforeAll(async () => {
  room = await openTestRoom();
  await room.attach(await room.ticket());
});
afterAll(() => room?.close());
beforeEach(async () => {
  await sweepLater();
  room.log.length = 0;
});

/** As if it were two hours later: everything that is there now is older than the grace. */
const later = () => new Date(Date.now() + 2 * 3_600_000);
const sweepLater = () => removeOrphans(room.parts, later());

async function stagedKey(): Promise<{ id: string; key: string }> {
  const { id } = await room.stage();
  return { id, key: (await room.upload(id))?.file_path ?? '' };
}

describe('bytes that no row knows', () => {
  test('go when they are older than the grace, and the log says so', async () => {
    const keys = [`tickets/${randomUUID()}/${randomUUID()}`, `staged/${randomUUID()}`];
    for (const key of keys) await room.strew(key);
    expect(await sweepLater()).toBe(2);
    for (const key of keys) expect(await room.store.stat(key)).toBeUndefined();
    expect(room.log.map(({ level }) => level)).toEqual(['warn', 'warn']);
    expect(await sweepLater()).toBe(0);
  });

  test('stay while they are younger', async () => {
    const key = `tickets/${randomUUID()}/${randomUUID()}`;
    await room.strew(key);
    expect(await removeOrphans(room.parts)).toBe(0);
    expect(await removeOrphans(room.parts, new Date(Date.now() + 59 * 60_000))).toBe(0);
    expect(await room.store.stat(key)).toBeDefined();
    expect(await sweepLater()).toBe(1);
  });

  test('go too where a copy was cut short', async () => {
    const ticket = await room.ticket();
    const { id } = await room.attach(ticket);
    const partial = join(room.folder, 'storage', `${await room.keyOf(id)}.${randomUUID()}.partial`);
    await writeFile(partial, 'It bu');
    expect(await sweepLater()).toBe(1);
    expect(await room.stored()).toContain(await room.keyOf(id));
  });

  test('go by the hundred, and one that cannot be removed does not keep the others', async () => {
    const folder = `tickets/${randomUUID()}`;
    for (let index = 0; index < 12; index += 1) await room.strew(`${folder}/${index}`);
    const stubborn = storeLike(room.store, {
      remove: (key) =>
        key === `${folder}/3` ? Promise.reject(new Error('not permitted')) : room.store.remove(key),
    });
    expect(await removeOrphans({ ...room.parts, stores: only(stubborn) }, later())).toBe(11);
    expect(await room.store.stat(`${folder}/3`)).toBeDefined();
    expect(await sweepLater()).toBe(1);
  });
});

describe('a database that is not the one of its store', () => {
  const DOUBT = 'the database knows too little of a store to sweep it';

  test('without a file takes nothing away, and says so', async () => {
    const other = await openTestRoom();
    try {
      const parts = { ...other.parts, stores: room.parts.stores };
      const before = await room.stored();
      expect(before).not.toEqual([]);
      expect(await removeOrphans(parts, later())).toBe(0);
      expect(await room.stored()).toEqual(before);
      expect(other.log).toEqual([{ level: 'error', message: DOUBT }]);
    } finally {
      await other.close();
    }
  });

  test('with too few of them neither', async () => {
    const folder = `tickets/${randomUUID()}`;
    const keys = Array.from({ length: 101 }, (_, index) => `${folder}/${index}`);
    for (const key of keys) await room.strew(key);
    expect(await sweepLater()).toBe(0);
    expect(room.log).toEqual([{ level: 'error', message: DOUBT }]);
    await room.store.remove(keys[0] ?? '');
    expect(await sweepLater()).toBe(100);
  });
});

describe('bytes that a row knows stay', () => {
  test('a file’s, deleted or not', async () => {
    const ticket = await room.ticket();
    const [live, deleted] = [await room.attach(ticket), await room.attach(ticket)];
    const grant = await room.access.toDelete(room.requester, deleted.id);
    await room.attachments.remove(grant);
    expect(await sweepLater()).toBe(0);
    for (const { id } of [live, deleted]) expect(await room.store.stat(await room.keyOf(id))).toBeDefined();
  });

  test('a staged upload’s', async () => {
    const { key } = await stagedKey();
    expect(await sweepLater()).toBe(0);
    expect(await room.store.stat(key)).toBeDefined();
  });

  test('an upload’s that is just being put there, for a ticket or staged', async () => {
    for (const upload of [await room.begin(await room.ticket()), await room.begin(undefined)]) {
      await room.strew(upload.key);
      expect(await sweepLater()).toBe(0);
      expect(await room.store.stat(upload.key)).toBeDefined();
      await room.attachments.abandon(upload);
    }
  });

  test('a file’s that is being re-homed: between the copy and the flip of its row', async () => {
    const { id, key } = await stagedKey();
    const ticket = await room.ticket();
    const [attachment = ''] = await room.claim(ticket, [id]);
    const home = homeOf(key, ticket);
    await room.store.copy(key, home);
    expect(await sweepLater()).toBe(0);
    expect(await room.stored()).toEqual(expect.arrayContaining([home, key]));

    await room.attachments.rehome(attachment);
    expect(await sweepLater()).toBe(0);
    expect(await room.store.stat(home)).toBeDefined();
  });

  test('but of a file that has moved, what was left behind goes', async () => {
    const { id, key } = await stagedKey();
    const [attachment = ''] = await room.claim(await room.ticket(), [id]);
    await room.attachments.rehome(attachment);
    await room.strew(key);
    expect(await sweepLater()).toBe(1);
    expect(await room.stored()).not.toContain(key);
    expect(await room.stored()).toContain(await room.keyOf(attachment));
  });

  test('a staged upload’s that is claimed just while the sweep looks for its row', async () => {
    await room.db.deleteFrom('ticket_attachments').execute();
    await room.attach(await room.ticket());
    await sweepLater();
    const { id, key } = await stagedKey();
    const ticketId = await room.ticket();
    const asked = { owner: room.requester, uploadIds: [id], ticketId, replyId: null, internal: false };
    const { sweeping, claimed } = await room.db.transaction().execute(async (trx) => {
      // Whoever asks for uploads from here on gets the answer when the claim has committed.
      await sql`LOCK TABLE uploads`.execute(trx);
      const sweeping = sweepLater();
      await vi.waitFor(async () => {
        const { rows } = await sql`SELECT 1 FROM pg_locks WHERE NOT granted`.execute(trx);
        expect(rows).toHaveLength(1);
      });
      return { sweeping: { done: sweeping }, claimed: await room.attachments.claim(trx, asked) };
    });
    expect(claimed).toHaveLength(1);
    expect(await sweeping.done).toBe(0);
    expect(await room.store.stat(key)).toBeDefined();
  });
});
