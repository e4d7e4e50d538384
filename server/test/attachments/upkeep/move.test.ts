import { randomBytes } from 'node:crypto';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createAttachments, createDiskStore } from '../../../src/attachments/index.ts';
import { asMover } from '../../../src/attachments/moving.ts';
import type { Parts } from '../../../src/attachments/parts.ts';
import { sealingKey } from '../../../src/attachments/store/sealed/keys.ts';
import type { Store } from '../../../src/attachments/store/store.ts';
import { createStores } from '../../../src/attachments/store/stores.ts';
import { type Destination, moveAll, type Step } from '../../../src/attachments/upkeep/move.ts';
import { removeOrphans } from '../../../src/attachments/upkeep/orphans.ts';
import { sweepSpool } from '../../../src/attachments/upkeep/spool.ts';
import { openTestRoom, storeLike, type TestRoom } from '../../support/room.ts';

const KEY = sealingKey(randomBytes(32));

let room: TestRoom;
let other: Store;
beforeEach(async () => {
  room = await openTestRoom();
  other = {
    ...createDiskStore({ root: join(room.folder, 'other'), fileMode: 0o640, dirMode: 0o750 }),
    name: 's3',
  };
});
afterEach(() => room?.close());

const sealing = () => ({ keys: [KEY] as const, folder: join(room.folder, 'spool') });

/** The room with both stores, new files going to the other one. */
function both({ from = room.store, to = other, sealed = false } = {}): Parts {
  const stores = createStores(
    [from, to],
    () => 's3',
    sealed ? { keys: [KEY], folder: sealing().folder } : undefined,
  );
  return { ...room.parts, stores };
}

async function move(parts: Parts, destination: Destination = { storage: 's3' }) {
  const steps: Step[] = [];
  const isAlone = await moveAll(parts, destination, (step) => steps.push(step));
  return { isAlone, outcomes: steps.map(({ outcome }) => outcome), last: steps.at(-1) };
}

const others = async () => {
  const entries = await readdir(join(room.folder, 'other'), { recursive: true, withFileTypes: true }).catch(
    () => [],
  );
  return entries.filter((entry) => entry.isFile()).length;
};

async function download(parts: Parts, id: string): Promise<string> {
  const attachments = createAttachments(parts);
  try {
    const grant = await room.access.toRead(room.requester, id);
    return await text(await (await attachments.open(grant)).read());
  } finally {
    await attachments.close();
  }
}

const rowOf = (id: string) =>
  room.db.selectFrom('ticket_attachments').selectAll().where('id', '=', id).executeTakeFirstOrThrow();

const later = () => new Date(Date.now() + 2 * 3_600_000);

test('takes live and deleted and staged files over, leaves nothing behind, and then finds nothing to do', async () => {
  const ticket = await room.ticket();
  const [live, deleted] = [await room.attach(ticket, 'live\n'), await room.attach(ticket, 'deleted\n')];
  await room.attachments.remove(await room.access.toDelete(room.requester, deleted.id));
  const staged = await room.stage('staged\n');
  const parts = both();

  expect(await move(parts)).toEqual({
    isAlone: true,
    outcomes: ['moved', 'moved', 'moved'],
    last: { done: 3, total: 3, outcome: 'moved' },
  });
  expect(await room.stored()).toEqual([]);
  expect(await others()).toBe(3);
  expect(await download(parts, live.id)).toBe('live\n');
  await room.claim(ticket, [staged.id]);
  expect(await download(parts, staged.id)).toBe('staged\n');
  expect((await rowOf(deleted.id)).storage).toBe('s3');
  expect(await readdir(join(room.folder, 'spool'))).toEqual([]);
  expect((await move(parts)).outcomes).toEqual([]);
});

test('every file can be had all the while, and so can new ones', async () => {
  const ticket = await room.ticket();
  const files = await Promise.all(Array.from({ length: 12 }, (_, n) => room.attach(ticket, `file ${n}\n`)));
  const parts = both();
  let over = false;
  const moving = move(parts).finally(() => {
    over = true;
  });
  let reads = 0;
  while (!over) {
    const n = reads++ % files.length;
    expect(await download(parts, files[n]?.id ?? '')).toBe(`file ${n}\n`);
  }
  expect((await moving).outcomes).toHaveLength(12);
  expect(reads).toBeGreaterThan(3);
});

describe('cut short', () => {
  const killed = async () => {
    throw new Error('killed');
  };

  test.each<[string, (store: Store) => Partial<Store>, 'from' | 'to']>([
    ['before the copy', () => ({ put: killed }), 'to'],
    ['right after the copy', (store) => ({ put: (...put) => store.put(...put).then(killed) }), 'to'],
    ['while it is read back', () => ({ read: killed }), 'to'],
    ['before the old bytes are removed', () => ({ remove: killed }), 'from'],
  ])('%s, the file is whole, and doing it again ends it', async (_, differently, which) => {
    const { id } = await room.attach(await room.ticket(), 'It burns.\n');
    const store = which === 'to' ? other : room.store;
    await expect(move(both({ [which]: storeLike(store, differently(store)) }))).rejects.toThrow('killed');
    expect(await download(both(), id)).toBe('It burns.\n');

    await move(both());
    expect(await download(both(), id)).toBe('It burns.\n');
    await removeOrphans(both(), later());
    expect(await room.stored()).toEqual([]);
    expect(await others()).toBe(1);
  });

  test('what it left in the spool goes with the next sweep, unless somebody is at it', async () => {
    const left = join(room.folder, 'spool', 'a0a0a0a0-0000-4000-8000-000000000000.moving');
    await writeFile(left, 'half of it');
    await asMover(room.db, async () => expect(await sweepSpool(room.parts)).toBe(0));
    expect(await sweepSpool(room.parts)).toBe(1);
  });
});

test('a copy that is not the same is no move: the file stays where it is', async () => {
  const { id } = await room.attach(await room.ticket(), 'It burns.\n');
  const lying = storeLike(other, {
    read: async (key, range) => {
      const bytes = await other.read(key, range);
      return bytes.map((chunk: Buffer) => chunk.map((byte) => byte ^ 1));
    },
  });
  await expect(move(both({ to: lying }))).rejects.toThrow('is not the same');
  expect((await rowOf(id)).storage).toBe('disk');
  expect(await download(both(), id)).toBe('It burns.\n');
});

test('missing and changed files are told and left; the others are moved', async () => {
  const ticket = await room.ticket();
  const [lost, changed, good] = [
    await room.attach(ticket, 'lost\n'),
    await room.attach(ticket, 'changed\n'),
    await room.attach(ticket, 'good\n'),
  ];
  await room.store.remove(await room.keyOf(lost.id));
  const path = join(room.folder, 'storage', await room.keyOf(changed.id));
  await writeFile(path, 'CHANGED\n');
  const { outcomes } = await move(both());
  expect(outcomes.sort()).toEqual(['damaged', 'damaged', 'moved']);
  expect(room.log.filter(({ level }) => level === 'error')).toHaveLength(2);
  expect((await rowOf(changed.id)).storage).toBe('disk');
  expect((await rowOf(good.id)).storage).toBe('s3');
});

test('a file that is claimed meanwhile is brought over all the same', async () => {
  const ticket = await room.ticket();
  const staged = await room.stage('claimed\n');
  const claiming = storeLike(other, {
    put: async (...put) => {
      await other.put(...put);
      const upload = await room.upload(staged.id);
      if (upload?.state === 'ready') await room.claim(ticket, [staged.id]);
    },
  });
  const { outcomes } = await move(both({ to: claiming }));
  expect(outcomes).toEqual(['gone', 'moved']);
  expect(await download(both(), staged.id)).toBe('claimed\n');
  await removeOrphans(both(), later());
  expect([await room.stored(), await others()]).toEqual([[], 1]);
});

test('only one moves at a time', async () => {
  await room.attach(await room.ticket());
  await asMover(room.db, async () => expect((await move(both())).isAlone).toBe(false));
  expect((await move(both())).isAlone).toBe(true);
});

describe('sealing what is there', () => {
  test('seals every file where it is, and opens it again', async () => {
    const { id } = await room.attach(await room.ticket(), 'It burns.\n');
    const sealed = both({ sealed: true });
    expect((await move(sealed, 'sealed')).outcomes).toEqual(['moved']);
    expect(await rowOf(id)).toMatchObject({ storage: 'disk', key_id: KEY.id });
    expect(await download(sealed, id)).toBe('It burns.\n');
    expect((await move(sealed, 'sealed')).outcomes).toEqual([]);
  });

  test('a move to another store seals too', async () => {
    const { id } = await room.attach(await room.ticket(), 'It burns.\n');
    await move(both({ sealed: true }));
    expect(await rowOf(id)).toMatchObject({ storage: 's3', key_id: KEY.id });
    expect(await download(both({ sealed: true }), id)).toBe('It burns.\n');
  });
});
