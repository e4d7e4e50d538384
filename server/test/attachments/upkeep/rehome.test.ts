import { copyFile, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createAttachments } from '../../../src/attachments/index.ts';
import type { Store } from '../../../src/attachments/store/store.ts';
import { homeOf, rehome, rehomeAll } from '../../../src/attachments/upkeep/rehome.ts';
import { only, openTestRoom, storeLike, type TestRoom } from '../../support/room.ts';

let room: TestRoom;
beforeAll(async () => {
  room = await openTestRoom();
});
afterAll(() => room?.close());
beforeEach(async () => {
  await rehomeAll(room.parts);
  room.log.length = 0;
});

/** A file that was staged and is on its ticket now, its bytes still where they were. */
async function claimed(words = 'It burns.\n') {
  const ticket = await room.ticket();
  const { id: upload } = await room.stage(words);
  const key = (await room.upload(upload))?.file_path ?? '';
  const [id = ''] = await room.claim(ticket, [upload]);
  expect(await room.keyOf(id)).toBe(key);
  return { id, key, home: homeOf(key, ticket) };
}

async function download(id: string, store: Store = room.store): Promise<string> {
  const attachments = createAttachments({ ...room.parts, stores: only(store) });
  try {
    const file = await attachments.open(await room.access.toRead(room.requester, id));
    return await text(await file.read());
  } finally {
    await attachments.close();
  }
}

/** The store, in which this step does not come to its end: as when the process is killed there. */
function dyingAt(step: 'copy' | 'remove', done: boolean): Store {
  return storeLike(room.store, {
    async [step](...args: [string, string]) {
      if (done) await room.store[step](...args);
      throw new Error('killed');
    },
  });
}

describe('re-homing', () => {
  test('moves the bytes of a claimed file to its ticket, and again is as good as once', async () => {
    const { id, key, home } = await claimed();
    await room.attachments.rehome(id);
    await room.attachments.rehome(id);
    expect(await room.keyOf(id)).toBe(home);
    expect(await room.stored()).toContain(home);
    expect(await room.stored()).not.toContain(key);
    expect(await download(id)).toBe('It burns.\n');
    expect(home).toMatch(/^tickets\/[0-9a-f-]{36}\/[0-9a-f-]{36}$/);
  });

  test('of all that wait moves each, more than a batch of them', async () => {
    const { id, key } = await claimed();
    await sql`
      INSERT INTO ticket_attachments (id, ticket_id, file_name, file_path, file_size, mime_type, sha256, storage,
        virus_scan_status, uploaded_by, created_by)
      SELECT gen_random_uuid()::text, ticket_id, file_name, 'staged/' || n, file_size, mime_type, sha256, storage,
        virus_scan_status, uploaded_by, created_by
      FROM ticket_attachments, generate_series(1, 104) AS n WHERE id = ${id}
    `.execute(room.db);
    const folder = join(room.folder, 'storage');
    for (let n = 1; n <= 104; n += 1) await copyFile(join(folder, key), join(folder, 'staged', `${n}`));
    expect(await rehomeAll(room.parts)).toBe(105);
    expect(await rehomeAll(room.parts)).toBe(0);
    expect(await readdir(join(folder, 'staged'))).toEqual([]);
    expect(await readdir(join(folder, dirname(await room.keyOf(id))))).toHaveLength(105);
  });

  test('does nothing to what is not there or at home already', async () => {
    await room.attachments.rehome('00000000-0000-4000-8000-000000000000');
    const { id } = await room.attach(await room.ticket());
    const key = await room.keyOf(id);
    await room.attachments.rehome(id);
    expect(await room.keyOf(id)).toBe(key);
  });

  test('moves a deleted file too: it may be restored', async () => {
    const { id, home } = await claimed();
    await room.attachments.remove(await room.access.toDelete(room.requester, id));
    await rehomeAll(room.parts);
    expect(await room.keyOf(id)).toBe(home);
  });
});

describe('killed between two steps', () => {
  test.each([
    ['before the copy', () => dyingAt('copy', false)],
    ['after the copy', () => dyingAt('copy', true)],
    ['before the bytes are removed', () => dyingAt('remove', false)],
    ['after the bytes are removed', () => dyingAt('remove', true)],
  ])('%s, the file can be had, and the next try brings it home', async (_, dying) => {
    const { id, home } = await claimed();
    await rehome({ ...room.parts, stores: only(dying()) }, id).catch(() => undefined);
    expect(await download(id)).toBe('It burns.\n');
    await rehomeAll(room.parts);
    expect(await room.keyOf(id)).toBe(home);
    expect(await download(id)).toBe('It burns.\n');
  });

  test('the job that does it hears of the failure, so that it tries again', async () => {
    const { id } = await claimed();
    await expect(rehome({ ...room.parts, stores: only(dyingAt('copy', false)) }, id)).rejects.toThrow(
      'killed',
    );
    await expect(rehome({ ...room.parts, stores: only(dyingAt('remove', false)) }, id)).rejects.toThrow(
      'killed',
    );
  });
});

describe('one among many', () => {
  test('whose bytes are lost does not keep the others, and the log says so', async () => {
    const [lost, found] = [await claimed(), await claimed()];
    await room.store.remove(lost.key);
    expect(await rehomeAll(room.parts)).toBe(1);
    expect(await room.keyOf(found.id)).toBe(found.home);
    expect(await room.keyOf(lost.id)).toBe(lost.key);
    expect(room.log).toEqual([{ level: 'error', message: expect.stringContaining('upkeep failed') }]);
    await expect(rehome(room.parts, lost.id)).rejects.toThrow('no object');
    await room.db.deleteFrom('ticket_attachments').where('id', '=', lost.id).execute();
  });

  test('that another instance has just moved is no failure', async () => {
    const { id, home } = await claimed();
    const slow = storeLike(room.store, {
      async copy(from, to) {
        await rehomeAll(room.parts);
        await room.store.copy(from, to);
      },
    });
    await rehomeAll({ ...room.parts, stores: only(slow) });
    await rehome({ ...room.parts, stores: only(slow) }, id);
    expect(await room.keyOf(id)).toBe(home);
    expect(await download(id)).toBe('It burns.\n');
    expect(room.log).toEqual([]);
  });

  test('moved by several at once is moved', async () => {
    const files = [];
    for (let count = 0; count < 10; count += 1) files.push(await claimed());
    const rehomers = [1, 2, 3].map(() => rehomeAll(room.parts));
    const jobs = files.map(({ id }) => room.attachments.rehome(id));
    await Promise.all([...rehomers, ...jobs]);
    for (const { id, home } of files) {
      expect(await room.keyOf(id)).toBe(home);
      expect(await download(id)).toBe('It burns.\n');
    }
  });
});

describe('a download meanwhile never fails', () => {
  test.each(['stat', 'read'] as const)(
    'when the bytes move just before it asks for them: %s',
    async (step) => {
      const { id } = await claimed();
      let moved = false;
      const moving = storeLike(room.store, {
        async [step](...args: Parameters<Store['read']>) {
          if (!moved) {
            moved = true;
            await room.attachments.rehome(id);
          }
          return room.store[step](...args);
        },
      });
      expect(await download(id, moving)).toBe('It burns.\n');
      expect(moved).toBe(true);
    },
  );

  test('over and over', async () => {
    const files = [];
    for (let count = 0; count < 20; count += 1) files.push(await claimed(`file ${count}`));
    const downloads = files.flatMap(({ id }) => [download(id), download(id), download(id)]);
    const [, ...texts] = await Promise.all([rehomeAll(room.parts), ...downloads]);
    expect(texts).toEqual(files.flatMap((_, count) => Array(3).fill(`file ${count}`)));
    expect(room.log).toEqual([]);
  });
});
