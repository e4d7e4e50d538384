import { utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Planned } from '../../../src/attachments/upkeep/plan.ts';
import { sweep } from '../../../src/attachments/upkeep/sweep.ts';
import { everythingIn } from '../../support/everything.ts';
import { ROWS, strewRows, watchMemory } from '../../support/many-rows.ts';
import { bytesOf, only, openTestRoom, storeLike, type TestRoom } from '../../support/room.ts';

let room: TestRoom;
beforeAll(async () => {
  room = await openTestRoom();
});
afterAll(() => room?.close());

const NOTHING = {
  ...{ expired_uploads: 0, purged_files: 0, removed_objects: 0 },
  ...{ spool_files: 0, moved_files: 0, quarantined_files: 0, orphans: 0 },
};

/** One of everything that time leaves behind, and of everything that looks like it. */
async function leaveBehind() {
  const gone = { lease_until: "now() - interval '1 second'" };
  const dead = await room.begin(await room.ticket());
  await room.parts.spool.receive(dead.id, bytesOf('It bu'), 100);
  await room.set(dead.id, gone);
  const living = await room.begin(await room.ticket());
  await room.parts.spool.receive(living.id, bytesOf('It bu'), 100);

  const { id: waited } = await room.stage();
  await room.set(waited, { expires_at: "now() - interval '1 second'" });
  const { id: waiting } = await room.stage();
  const [claimed = ''] = await room.claim(await room.ticket(), [(await room.stage()).id]);
  const attached = (await room.attach(await room.ticket())).id;
  const deleted = (await room.attach(await room.ticket())).id;
  await room.attachments.remove(await room.access.toDelete(room.requester, deleted));
  await room.db
    .updateTable('ticket_attachments')
    .set({ deleted_at: new Date(Date.now() - 15 * 24 * 3_600_000) })
    .where('id', '=', deleted)
    .execute();

  await room.strew('staged/young');
  await room.strew('tickets/one/old');
  const longAgo = new Date(Date.now() - 2 * 3_600_000);
  await utimes(join(room.folder, 'storage/tickets/one/old'), longAgo, longAgo);

  await room.db.deleteFrom('idempotency_keys').execute();
  const answered = (key: string, hoursAgo: number) => ({
    ...{ user_id: room.requester.id, key, fingerprint: '', response: '{}' },
    created_at: new Date(Date.now() - hoursAgo * 3_600_000),
  });
  await room.db
    .insertInto('idempotency_keys')
    .values([answered('old', 25), answered('young', 23)])
    .execute();
  return { living, waiting, claimed, attached };
}

describe('a sweep', () => {
  test('takes one of each kind, strangers when it is whole, leaves what is in use, and then finds nothing', async () => {
    const { living, waiting, claimed, attached } = await leaveBehind();
    const swept = {
      ...{ expired_uploads: 2, purged_files: 1, removed_objects: 3 },
      ...{ spool_files: 1, moved_files: 1, quarantined_files: 0, orphans: 1 },
    };
    expect(await room.attachments.sweep('quick')).toEqual({ ...swept, orphans: 0 });
    expect(await room.attachments.sweep('whole')).toEqual({ ...NOTHING, orphans: 1 });
    expect(await room.attachments.sweep()).toEqual(NOTHING);

    const staged = (await room.upload(waiting))?.file_path ?? '';
    const kept = [await room.keyOf(claimed), await room.keyOf(attached), staged, 'staged/young'];
    expect(await room.stored()).toEqual(kept.sort());
    expect(await room.parts.spool.ids()).toEqual([living.id]);
    const keys = await room.db.selectFrom('idempotency_keys').select('key').execute();
    expect(keys).toEqual([{ key: 'young' }]);
    await room.attachments.abandon(living);
  });

  test('by several instances at once is as good as by one', async () => {
    const { living, claimed } = await leaveBehind();
    const sweeps = await Promise.all([1, 2, 3].map(() => room.attachments.sweep()));
    expect(sweeps.reduce((sum, { expired_uploads }) => sum + expired_uploads, 0)).toBe(2);
    expect(await room.store.stat(await room.keyOf(claimed))).toBeDefined();
    expect(await room.parts.spool.ids()).toEqual([living.id]);
    expect(await room.attachments.sweep()).toEqual(NOTHING);
    await room.attachments.abandon(living);
  });

  test('does the rest when one part of it fails, and says that it did', async () => {
    const { living } = await leaveBehind();
    const broken = { ...room.parts.spool, ids: () => Promise.reject(new Error('the spool is gone')) };
    await expect(sweep({ ...room.parts, spool: broken })).rejects.toMatchObject({
      errors: [expect.objectContaining({ message: 'the spool is gone' })],
    });
    expect(await room.attachments.sweep()).toEqual({ ...NOTHING, spool_files: 1 });
    await room.attachments.abandon(living);
  });
});

describe('a plan', () => {
  test('tells what a sweep would do, kind by kind and thing by thing, and changes nothing', async () => {
    const { living } = await leaveBehind();
    const infected = (await room.attach(await room.ticket())).id;
    await room.db
      .updateTable('ticket_attachments')
      .set({ virus_scan_status: 'infected' })
      .where('id', '=', infected)
      .execute();
    const before = await everythingIn(room.db, room.folder);
    const items: Planned[] = [];
    for await (const item of room.attachments.plan()) items.push(item);
    expect(await everythingIn(room.db, room.folder)).toEqual(before);

    const counts: Record<string, number> = { ...NOTHING };
    for (const { kind } of items) counts[kind] = (counts[kind] ?? 0) + 1;
    expect(counts).toEqual({
      ...{ expired_uploads: 2, purged_files: 1, removed_objects: 3 },
      ...{ spool_files: 1, moved_files: 1, quarantined_files: 1, orphans: 1 },
    });
    expect(items).toContainEqual(
      expect.objectContaining({ kind: 'purged_files', file_name: 'note.txt', size: 10 }),
    );
    expect(items).toContainEqual({ kind: 'orphans', store: 'disk', key: 'tickets/one/old', size: 11 });
    expect(items.find(({ kind }) => kind === 'spool_files')?.size).toBe(5);

    expect(await room.attachments.sweep()).toEqual(counts);
    for await (const item of room.attachments.plan()) expect.fail(`${item.kind} is left`);
    await room.attachments.abandon(living);
  });
});

test(
  `memory does not grow with ${ROWS} rows, of which many are over`,
  async () => {
    const ticket = await room.ticket();
    await strewRows(room, ticket, ROWS);
    await sql`
      UPDATE ticket_attachments SET deleted_at = now() - interval '15 days', deleted_by = uploaded_by
      WHERE file_path LIKE 'tickets/1/%00'`.execute(room.db);
    const purged = ROWS / 100;
    const { id } = await room.stage();
    await room.set(id, { expires_at: "now() - interval '1 second'" });
    const over = ROWS / 100;
    await sql`
      INSERT INTO uploads SELECT (jsonb_populate_record(one, jsonb_build_object(
        'id', 'many-' || n, 'file_path', 'staged/many-' || n
      ))).* FROM uploads AS one, generate_series(2, ${over}) AS n WHERE one.id = ${id}`.execute(room.db);
    const unknown = ROWS / 20;

    const memory = watchMemory();
    let removed = 0;
    const old = { size: 1, modifiedAt: new Date(0) };
    const store = storeLike(room.store, {
      remove: async () => {
        removed += 1;
        if (removed % Math.ceil(ROWS / 200) === 0) memory.measure();
      },
      async *list(prefix) {
        if (prefix !== 'tickets/') return;
        for (let n = 1; n <= ROWS; n += 1) if (n > 1 && n % 100 > 0) yield { key: `tickets/1/${n}`, ...old };
        for (let n = 1; n <= unknown; n += 1) yield { key: `tickets/1/unknown-${n}`, ...old };
      },
    });
    const swept = await sweep({ ...room.parts, stores: only(store) });
    memory.measure();
    expect(swept).toMatchObject({
      ...{ expired_uploads: over, purged_files: purged, removed_objects: purged + over, orphans: unknown },
    });
    expect(removed).toBe(purged + over + unknown);
    expect(memory.grown('sweep', ROWS)).toBeLessThan(8);
  },
  60_000 + ROWS,
);
