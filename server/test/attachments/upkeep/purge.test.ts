import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Store } from '../../../src/attachments/store/store.ts';
import { removeOrphans } from '../../../src/attachments/upkeep/orphans.ts';
import { purgeDeleted } from '../../../src/attachments/upkeep/purge.ts';
import { rehome } from '../../../src/attachments/upkeep/rehome.ts';
import { only, openTestRoom, storeLike, type TestRoom } from '../../support/room.ts';

let room: TestRoom;
beforeAll(async () => {
  room = await openTestRoom({ maxFilesPerTicket: 1000 });
});
afterAll(() => room?.close());
beforeEach(async () => {
  await purge();
  room.log.length = 0;
});

const purge = () => purgeDeleted(room.parts);
const remove = async (id: string) => room.attachments.remove(await room.access.toDelete(room.requester, id));
const restore = async (id: string) =>
  room.attachments.restore(await room.access.toRestore(room.requester, id));
const rowOf = (id: string) =>
  room.db.selectFrom('ticket_attachments').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
const thumbnailsOf = (id: string) =>
  room.db.selectFrom('thumbnails').selectAll().where('attachment_id', '=', id).execute();

/** As if a file had been deleted so many days and hours ago. */
async function ago(id: string, days: number, hours = 0): Promise<void> {
  await room.db
    .updateTable('ticket_attachments')
    .set({ deleted_at: sql<Date>`now() - make_interval(days => ${days}, hours => ${hours})` })
    .where('id', '=', id)
    .execute();
}

/** A file that was deleted on its ticket so long ago, and where its bytes are. */
async function deleted(days: number, hours = 0, ticket?: string) {
  const { id } = await room.attach(ticket ?? (await room.ticket()));
  await remove(id);
  await ago(id, days, hours);
  return { id, key: await room.keyOf(id) };
}

/** Gives a file a small picture, with bytes. */
async function withThumbnail(attachment_id: string): Promise<string> {
  const file_path = `thumbnails/${attachment_id}`;
  await room.strew(file_path);
  const made = { state: 'ready', file_path, file_size: 11, sha256: '0'.repeat(64) } as const;
  await room.db
    .insertInto('thumbnails')
    .values({ attachment_id, attempts: 1, storage: 'disk', ...made })
    .execute();
  return file_path;
}

/** The store, in which removing does not come to its end: as when the process is killed there. */
function dying(done: boolean, among: (key: string) => boolean = () => true): Store {
  return storeLike(room.store, {
    async remove(key) {
      if (done || !among(key)) await room.store.remove(key);
      if (among(key)) throw new Error('killed');
    },
  });
}

async function expectPurged({ id, key }: { id: string; key: string }): Promise<void> {
  const { purged_at, bytes_gone_at } = await rowOf(id);
  expect([purged_at, bytes_gone_at]).toEqual([expect.any(Date), expect.any(Date)]);
  expect(await room.store.stat(key)).toBeUndefined();
  expect(await thumbnailsOf(id)).toEqual([]);
}

describe('a deleted file', () => {
  test('whose time is over is purged: bytes and thumbnail go, its row and the audit say what became of it', async () => {
    const { id, key } = await deleted(14, 1);
    const thumbnail = await withThumbnail(id);
    expect(await purge()).toEqual({ purged: 1, removed: 2 });
    await expectPurged({ id, key });
    expect(await room.store.stat(thumbnail)).toBeUndefined();
    expect(await rowOf(id)).toMatchObject({
      ...{ file_name: 'note.txt', deleted_by: room.requester.id, deleted_at: expect.any(Date) },
      ...{ purged_by: null, purge_reason: null },
    });
    expect(await room.events(id)).toEqual(['uploaded', 'deleted', 'purged']);
    const { actor_id, detail } = await room.db
      .selectFrom('attachment_events')
      .select(['actor_id', 'detail'])
      .where('attachment_id', '=', id)
      .where('event', '=', 'purged')
      .executeTakeFirstOrThrow();
    expect({ actor_id, detail }).toEqual({ actor_id: null, detail: { why: 'retention', days: 14 } });
    expect(await purge()).toEqual({ purged: 0, removed: 0 });
  });

  test('is spared until then, and one that is not deleted for good', async () => {
    const { id, key } = await deleted(13, 23);
    const live = await room.attach(await room.ticket());
    await room.db
      .updateTable('ticket_attachments')
      .set({ created_at: new Date(0), updated_at: new Date(0) })
      .where('id', '=', live.id)
      .execute();
    expect(await purge()).toEqual({ purged: 0, removed: 0 });
    for (const file of [key, await room.keyOf(live.id)]) expect(await room.store.stat(file)).toBeDefined();
    expect(await restore(id)).toMatchObject({ id, deleted_at: null });
  });

  test('can be kept for another time', async () => {
    const file = await deleted(2);
    expect(await purgeDeleted({ ...room.parts, retentionDays: 3 })).toEqual({ purged: 0, removed: 0 });
    expect(await purgeDeleted({ ...room.parts, retentionDays: 1 })).toEqual({ purged: 1, removed: 1 });
    await expectPurged(file);
  });

  test('once purged cannot be had, restored or listed any more', async () => {
    const ticket = await room.ticket();
    const { id } = await deleted(15, 0, ticket);
    await purge();
    const read = await room.access.toRead(room.requester, id);
    await expect(room.attachments.open(read)).rejects.toMatchObject({ code: 'attachment_purged' });
    await expect(restore(id)).rejects.toMatchObject({ code: 'attachment_purged' });
    const list = await room.access.toList(room.requester, ticket);
    expect(await room.attachments.listDeleted(list, { skip: 0, limit: 10 })).toEqual({ data: [], total: 0 });
    expect(room.log).toEqual([]);
  });

  test('changes no count when it is purged', async () => {
    const ticket = await room.ticket();
    await room.attach(ticket);
    await deleted(15, 0, ticket);
    const totals = () =>
      room.db.selectFrom('attachment_totals').selectAll().where('ticket_id', '=', ticket).execute();
    const before = await totals();
    expect(await purge()).toMatchObject({ purged: 1 });
    expect(await totals()).toEqual(before);
    expect(before).toMatchObject([{ file_count: 1 }]);
  });

  test('that somebody has just asked for is gone without an alarm', async () => {
    const { id } = await room.attach(await room.ticket());
    const file = await room.attachments.open(await room.access.toRead(room.requester, id));
    await remove(id);
    await ago(id, 15);
    await purge();
    await expect(file.check()).rejects.toMatchObject({ code: 'attachment_purged' });
    expect(room.log).toEqual([]);
  });
});

test('many are purged batch by batch', async () => {
  const { id } = await deleted(15);
  await sql`
    INSERT INTO ticket_attachments (id, ticket_id, file_name, file_path, file_size, mime_type, sha256, storage,
      virus_scan_status, uploaded_by, created_by, deleted_at, deleted_by)
    SELECT gen_random_uuid()::text, ticket_id, file_name, 'tickets/many/' || n, file_size, mime_type, sha256, storage,
      virus_scan_status, uploaded_by, created_by, deleted_at, deleted_by
    FROM ticket_attachments, generate_series(1, 204) AS n WHERE id = ${id}
  `.execute(room.db);
  expect(await purge()).toEqual({ purged: 205, removed: 205 });
});

describe('killed on the way', () => {
  test.each([
    ['before the bytes are removed', false],
    ['after the bytes are removed, before that is remembered', true],
  ])('%s, the next sweep does the rest', async (_, done) => {
    const file = await deleted(15);
    await purgeDeleted({ ...room.parts, stores: only(dying(done)) });
    expect(await rowOf(file.id)).toMatchObject({ purged_at: expect.any(Date), bytes_gone_at: null });
    await expect(restore(file.id)).rejects.toMatchObject({ code: 'attachment_purged' });
    expect(await purge()).toEqual({ purged: 0, removed: 1 });
    await expectPurged(file);
    expect(await room.events(file.id)).toEqual(['uploaded', 'deleted', 'purged']);
  });

  test.each([
    ['before the thumbnail is removed', false],
    ['after the thumbnail is removed', true],
  ])('%s, the next sweep finds it by its row', async (_, done) => {
    const file = await deleted(15);
    const thumbnail = await withThumbnail(file.id);
    const stores = only(dying(done, (key) => key === thumbnail));
    await purgeDeleted({ ...room.parts, stores });
    expect(await thumbnailsOf(file.id)).toHaveLength(1);
    expect(await purge()).toEqual({ purged: 0, removed: 2 });
    await expectPurged(file);
    expect(await room.store.stat(thumbnail)).toBeUndefined();
  });

  test('with one that cannot be removed, the others are', async () => {
    const [stubborn, other] = [await deleted(15), await deleted(15)];
    const stores = only(dying(false, (key) => key === stubborn.key));
    expect(await purgeDeleted({ ...room.parts, stores })).toEqual({ purged: 2, removed: 1 });
    await expectPurged(other);
    expect(room.log).toMatchObject([{ level: 'error' }]);
    expect(await purge()).toEqual({ purged: 0, removed: 1 });
    await expectPurged(stubborn);
  });
});

describe('purged and restored at once', () => {
  test('one of them wins wholly', async () => {
    for (let round = 0; round < 12; round += 1) {
      const file = await deleted(15);
      const [restored] = await Promise.allSettled([restore(file.id), purge(), purge()]);
      await purge();
      if (restored.status === 'fulfilled') {
        expect(await rowOf(file.id)).toMatchObject({ deleted_at: null, purged_at: null });
        expect(await room.store.stat(file.key)).toBeDefined();
        expect(await room.events(file.id)).toEqual(['uploaded', 'deleted', 'restored']);
      } else {
        expect(restored.reason).toMatchObject({ code: 'attachment_purged' });
        await expectPurged(file);
        expect(await room.events(file.id)).toEqual(['uploaded', 'deleted', 'purged']);
      }
    }
  });

  test('a restore that has begun comes first, and the purge waits for nobody', async () => {
    const { id } = await deleted(15);
    await room.db.transaction().execute(async (trx) => {
      await trx.selectFrom('ticket_attachments').select('id').where('id', '=', id).forNoKeyUpdate().execute();
      expect(await purgeDeleted(room.parts)).toEqual({ purged: 0, removed: 0 });
      await trx.updateTable('ticket_attachments').set({ deleted_at: null }).where('id', '=', id).execute();
    });
    expect(await purge()).toEqual({ purged: 0, removed: 0 });
  });
});

test('by several instances at once is as good as by one', async () => {
  const files = [];
  for (let count = 0; count < 30; count += 1) files.push(await deleted(15));
  const results = await Promise.all([purge(), purge(), purge()]);
  expect(results.reduce((sum, { purged }) => sum + purged, 0)).toBe(30);
  for (const file of files) {
    await expectPurged(file);
    expect(await room.events(file.id)).toEqual(['uploaded', 'deleted', 'purged']);
  }
  expect(room.log).toEqual([]);
});

test('bytes that were on their way to their ticket leave nothing behind', async () => {
  const ticket = await room.ticket();
  const [id = ''] = await room.claim(ticket, [(await room.stage()).id]);
  await remove(id);
  await ago(id, 15);
  const key = await room.keyOf(id);
  const meanwhile = storeLike(room.store, {
    async copy(from, to) {
      await room.store.copy(from, to);
      await purge();
    },
  });
  await rehome({ ...room.parts, stores: only(meanwhile) }, id);
  await expectPurged({ id, key });
  const copies = (await room.stored()).filter((stored) => stored.startsWith(`tickets/${ticket}/`));
  expect(copies).toHaveLength(1);
  expect(await removeOrphans(room.parts, new Date(Date.now() + 2 * 3_600_000))).toBe(1);
  expect(await room.stored()).not.toContain(copies[0]);
});
