import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expireUploads } from '../../../src/attachments/upkeep/expiry.ts';
import { only, openTestRoom, storeLike, type TestRoom } from '../../support/room.ts';

let room: TestRoom;
beforeAll(async () => {
  room = await openTestRoom({ concurrentUploads: 2, maxFilesPerTicket: 2, maxStagedFiles: 3 });
});
afterAll(() => room?.close());

const GONE = { lease_until: "now() - interval '1 second'" };
const WAITED_TOO_LONG = { expires_at: "now() - interval '1 second'" };
const expire = () => expireUploads(room.parts);

describe('an upload whose process died', () => {
  test('holds its slot and its place on the ticket until its lease runs out, not until the sweep', async () => {
    const ticket = await room.ticket();
    const dead = [await room.begin(ticket, 500_000), await room.begin(ticket, 500_000)];
    await expect(room.begin(ticket)).rejects.toMatchObject({ code: 'upload_slots_exceeded' });
    await room.set(dead[0]?.id ?? '', GONE);
    await expect(room.attach(ticket)).resolves.toBeDefined();
    await expect(room.attach(ticket)).rejects.toMatchObject({ code: 'ticket_files_exceeded' });
    await room.set(dead[1]?.id ?? '', GONE);
    await expect(room.attach(ticket)).resolves.toBeDefined();
    expect(await expire()).toEqual({ expired: 2, removed: 2 });
  });

  test('is given up: its bytes go, wherever it had got to, and the audit says so', async () => {
    const ticket = await room.ticket();
    const early = await room.begin(ticket);
    const late = await room.begin(undefined);
    await room.strew(late.key);
    for (const { id } of [early, late]) await room.set(id, GONE);
    expect(await expire()).toEqual({ expired: 2, removed: 2 });
    for (const { id, key } of [early, late]) {
      expect(await room.upload(id)).toMatchObject({ state: 'expired', lease_until: null, file_path: null });
      expect(await room.events(id)).toEqual(['expired']);
      expect(await room.store.stat(key)).toBeUndefined();
    }
    expect(await expire()).toEqual({ expired: 0, removed: 0 });
  });

  test('is spared while it lives', async () => {
    const upload = await room.begin(await room.ticket());
    await room.strew(upload.key);
    expect(await expire()).toEqual({ expired: 0, removed: 0 });
    expect(await room.upload(upload.id)).toMatchObject({ state: 'receiving', file_path: upload.key });
    expect(await room.store.stat(upload.key)).toBeDefined();
    await room.attachments.abandon(upload);
  });

  test('that lives after all is refused when it comes to its end, and its bytes go', async () => {
    const ticket = await room.ticket();
    const grant = await room.access.toAttach(room.requester, ticket);
    const upload = await room.attachments.begin(grant, { declaredSize: undefined });
    async function* slow() {
      yield Buffer.from('It burns');
      await room.set(upload.id, GONE);
      await expire();
      yield Buffer.from(', slowly.');
    }
    const stored = await room.attachments.receive(upload, 'note.txt', slow());
    const admitted = room.attachments.admit(grant, stored, { description: null });
    await expect(admitted).rejects.toMatchObject({ code: 'upload_expired' });
    await room.attachments.abandon(upload);
    expect(await room.store.stat(upload.key)).toBeUndefined();
  });
});

describe('a staged upload that nobody claimed', () => {
  test('is gone for everybody when its time is up, and its bytes after the sweep', async () => {
    const { id } = await room.stage();
    const key = (await room.upload(id))?.file_path ?? '';
    await room.set(id, WAITED_TOO_LONG);
    expect(await room.attachments.upload(room.requester, id)).toMatchObject({ state: 'expired' });
    await expect(room.claim(await room.ticket(), [id])).rejects.toMatchObject({ code: 'upload_not_found' });

    expect(await room.store.stat(key)).toBeDefined();
    expect(await expire()).toEqual({ expired: 1, removed: 1 });
    expect(await room.store.stat(key)).toBeUndefined();
    expect(await room.upload(id)).toMatchObject({ state: 'expired', file_path: null });
    expect(await room.events(id)).toEqual(['staged', 'expired']);
  });

  test('makes room for others when its time is up', async () => {
    const ids = [];
    for (let count = 0; count < 3; count += 1) ids.push((await room.stage()).id);
    await expect(room.stage()).rejects.toMatchObject({ code: 'staged_files_exceeded' });
    await room.set(ids[0] ?? '', WAITED_TOO_LONG);
    ids.push((await room.stage()).id);
    for (const id of ids.slice(1)) await room.attachments.staged.discard(room.requester, id);
    await expire();
  });

  test('is spared before its time', async () => {
    const { id } = await room.stage();
    await room.set(id, { expires_at: "now() + interval '1 second'" });
    expect(await expire()).toEqual({ expired: 0, removed: 0 });
    expect(await room.attachments.upload(room.requester, id)).toMatchObject({ id });
    await room.attachments.staged.discard(room.requester, id);
  });

  test('cannot be claimed and expire: one of them wins, and the bytes stay where they are needed', async () => {
    for (let round = 0; round < 6; round += 1) {
      const { id } = await room.stage();
      await room.set(id, { expires_at: "clock_timestamp() + interval '12 milliseconds'" });
      const ticket = await room.ticket();
      await new Promise((resolve) => setTimeout(resolve, round * 4));
      const [claimed] = await Promise.allSettled([room.claim(ticket, [id]), expire()]);
      await expire();
      const isClaimed = claimed.status === 'fulfilled';
      expect(await room.upload(id)).toMatchObject({ state: isClaimed ? 'attached' : 'expired' });
      if (!isClaimed) continue;
      const [attachment = ''] = claimed.value;
      expect(await room.store.stat(await room.keyOf(attachment))).toBeDefined();
    }
  });
});

describe('the row goes first and the bytes last', () => {
  const refusingToRemove = () => {
    const refuse = async () => Promise.reject(new Error('the disk is read-only'));
    return { ...room.parts, stores: only(storeLike(room.store, { remove: refuse })) };
  };

  test('bytes that could not be removed are remembered, and removed by the next sweep', async () => {
    const { id } = await room.stage();
    const key = (await room.upload(id))?.file_path ?? '';
    await room.set(id, WAITED_TOO_LONG);
    await expireUploads(refusingToRemove());
    expect(await room.upload(id)).toMatchObject({ state: 'expired', file_path: key });
    expect(room.log.at(-1)).toMatchObject({ level: 'error' });
    expect(await expire()).toEqual({ expired: 0, removed: 1 });
    expect(await room.store.stat(key)).toBeUndefined();
  });

  test('one that cannot be removed does not keep the others', async () => {
    const ids = [(await room.stage()).id, (await room.stage()).id, (await room.stage()).id];
    const keys = await Promise.all(ids.map(async (id) => (await room.upload(id))?.file_path ?? ''));
    for (const id of ids) await room.set(id, WAITED_TOO_LONG);
    const stubborn = storeLike(room.store, {
      remove: (key) =>
        key === keys[1] ? Promise.reject(new Error('not permitted')) : room.store.remove(key),
    });
    expect(await expireUploads({ ...room.parts, stores: only(stubborn) })).toEqual({
      expired: 3,
      removed: 2,
    });
    expect((await room.stored()).filter((key) => keys.includes(key))).toEqual([keys[1]]);
    expect(await expire()).toEqual({ expired: 0, removed: 1 });
  });
});

describe('after a long rest of the sweep', () => {
  test('so many are over that no statement could name them all, and all of them go, with their pieces', async () => {
    const { id } = await room.stage();
    await room.set(id, WAITED_TOO_LONG);
    // A statement takes 65,535 values at most, and an event of the audit has seven.
    const over = 10_000;
    await sql`
      INSERT INTO uploads SELECT (jsonb_populate_record(one, jsonb_build_object(
        'id', 'many-' || n, 'created_at', now() - interval '1 day', 'file_path', CASE WHEN n <= 700 THEN 'staged/many-' || n END
      ))).* FROM uploads AS one, generate_series(1, ${over}) AS n WHERE one.id = ${id}`.execute(room.db);
    await sql`
      INSERT INTO upload_segments (file_path, upload_id, position, size, storage)
      SELECT 'segments/many-' || n, 'many-1', n, 1, 'disk' FROM generate_series(1, 700) AS n`.execute(
      room.db,
    );
    expect(await expire()).toEqual({ expired: over + 1, removed: 1 + 700 + 700 });
    expect(await expire()).toEqual({ expired: 0, removed: 0 });
  });
});

describe('what is long over is forgotten', () => {
  test('but not while its bytes may be there, and not what became a file too soon', async () => {
    const old = { updated_at: "now() - interval '49 hours'" };
    const expired = await room.stage();
    const stuck = await room.stage();
    const recent = await room.stage();
    for (const { id } of [expired, stuck, recent]) await room.set(id, WAITED_TOO_LONG);
    await expire();
    await room.set(expired.id, old);
    await room.set(stuck.id, { ...old, file_path: "'staged/stuck'" });
    await room.strew('staged/stuck');
    await room.set(recent.id, { updated_at: "now() - interval '47 hours'" });
    await expire();
    expect(await room.upload(expired.id)).toBeUndefined();
    expect(await room.upload(recent.id)).toBeDefined();
    expect(await room.store.stat('staged/stuck')).toBeUndefined();
  });
});
