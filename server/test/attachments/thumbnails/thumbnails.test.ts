import { randomUUID } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import sharp from 'sharp';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createAttachments } from '../../../src/attachments/index.ts';
import type { Parts } from '../../../src/attachments/parts.ts';
import { type Painter, Unpaintable } from '../../../src/attachments/thumbnails/painter.ts';
import { only, openTestRoom, type TestRoom } from '../../support/room.ts';

let room: TestRoom;
let picture: Buffer;
let ticket: string;
beforeAll(async () => {
  room = await openTestRoom({ maxFilesPerTicket: 1000 });
  const create = { width: 640, height: 480, channels: 3, background: 'red' } as const;
  picture = await sharp({ create }).png().toBuffer();
  ticket = await room.ticket();
});
afterAll(() => room?.close());

let id: string;
beforeEach(async () => {
  id = await attach(picture);
});

async function attach(bytes: Buffer): Promise<string> {
  const grant = await room.access.toAttach(room.requester, ticket);
  const upload = await room.attachments.begin(grant, { declaredSize: bytes.length });
  const stored = await room.attachments.receive(
    upload,
    'a.txt',
    (async function* () {
      yield bytes;
    })(),
  );
  const { id } = await room.attachments.admit(grant, stored, { description: null });
  await room.db
    .updateTable('ticket_attachments')
    .set({ mime_type: 'image/png' })
    .where('id', '=', id)
    .execute();
  return id;
}

/** Another instance over the same database and store; `paint` is what its painter does before it paints. */
function instance(paint: () => Promise<unknown>, parts: Partial<Parts> = {}) {
  const painted = { times: 0 };
  const painter: Painter = {
    ...room.parts.painter,
    async paint(bytes, size) {
      painted.times += 1;
      try {
        await paint();
      } catch (error) {
        bytes.destroy();
        throw error;
      }
      return room.parts.painter.paint(bytes, size);
    },
  };
  return { painted, attachments: createAttachments({ ...room.parts, painter, ...parts }) };
}
const thumbnail = async (of = room.attachments, attachmentId = id) =>
  of.thumbnail(await room.access.toRead(room.requester, attachmentId));
const row = (attachmentId = id) =>
  room.db
    .selectFrom('thumbnails')
    .selectAll()
    .where('attachment_id', '=', attachmentId)
    .executeTakeFirstOrThrow();
const thumbnailsStored = async () => (await room.stored()).filter((key) => key.startsWith('thumbnails/'));

test('a hundred who ask two instances at once get one that was made once', async () => {
  const slow = () => sleep(300);
  const [one, two] = [instance(slow), instance(slow)];
  const asked = Array.from({ length: 100 }, (_, i) => thumbnail(i % 2 ? one.attachments : two.attachments));
  const open = await Promise.all(asked);
  expect(one.painted.times + two.painted.times).toBe(1);
  expect(new Set(open.map(({ sha256 }) => sha256)).size).toBe(1);
  const bytes = await buffer(await (open[0]?.read() ?? expect.fail()));
  expect((await sharp(bytes).metadata()).width).toBe(320);
  expect(await row()).toMatchObject({
    state: 'ready',
    attempts: 1,
    lease_until: null,
    file_size: bytes.length,
  });
});

test('many pictures at once are all made', async () => {
  const ids = await Promise.all(Array.from({ length: 20 }, () => attach(picture)));
  const made = await Promise.all(ids.map((one) => thumbnail(room.attachments, one)));
  expect(made).toHaveLength(20);
});

describe('whoever dies over a picture', () => {
  const die = () => Promise.reject(new Unpaintable('died', 'killed'));

  test('is replaced, three times in all', async () => {
    const { attachments, painted } = instance(die);
    for (const _ of [1, 2]) {
      await expect(thumbnail(attachments)).rejects.toMatchObject({ code: 'thumbnail_failed' });
    }
    expect(painted.times).toBe(3);
    expect(await row()).toMatchObject({ state: 'failed', attempts: 3, file_path: null });
  });

  test('may succeed the second time', async () => {
    const { attachments, painted } = instance(async () => {
      if (painted.times === 1) await die();
    });
    expect((await thumbnail(attachments)).size).toBeGreaterThan(0);
    expect(await row()).toMatchObject({ state: 'ready', attempts: 2 });
  });

  test('with the whole server leaves a claim that ends with its lease', async () => {
    const key = `thumbnails/${randomUUID()}`;
    await room.strew(key);
    await room.db
      .insertInto('thumbnails')
      .values({
        ...{ attachment_id: id, state: 'making', attempts: 1, file_path: key, storage: 'disk' },
        lease_until: new Date(Date.now() + 500),
      })
      .execute();
    expect((await thumbnail()).size).toBeGreaterThan(0);
    expect((await row()).attempts).toBe(2);
    await room.db.deleteFrom('thumbnails').where('attachment_id', '=', id).execute();
  });
});

test('a fault that is not the picture’s is forgotten', async () => {
  const broken = { ...room.store, put: () => Promise.reject(new Error('no store today')) };
  const { attachments } = instance(async () => {}, { stores: only(broken) });
  await expect(thumbnail(attachments)).rejects.toThrow('no store today');
  expect((await thumbnail()).size).toBeGreaterThan(0);
  expect((await row()).attempts).toBe(1);
});

test('a maker who is too late leaves nothing behind', async () => {
  const { attachments, painted } = instance(async () => {
    const taken = { lease_until: new Date(Date.now() + 25_000), file_path: `thumbnails/${randomUUID()}` };
    await room.db.updateTable('thumbnails').set(taken).where('attachment_id', '=', id).execute();
  });
  const before = await thumbnailsStored();
  const asked = thumbnail(attachments);
  await expect.poll(() => painted.times).toBe(1);
  await attachments.close();
  await expect(asked).rejects.toMatchObject({ code: 'thumbnail_busy' });
  expect(await thumbnailsStored()).toEqual(before);
});

test('one whose bytes are lost is made again', async () => {
  await thumbnail();
  await room.store.remove((await row()).file_path ?? '');
  const again = await thumbnail();
  expect((await buffer(await again.read())).length).toBe(again.size);
});

describe('the sweep', () => {
  const HOURS = 3_600_000;

  test('keeps what is ready, and removes what was left half-way', async () => {
    await thumbnail();
    const half = await attach(picture);
    const key = `thumbnails/${randomUUID()}`;
    await room.strew(key);
    await room.db
      .insertInto('thumbnails')
      .values({
        ...{ attachment_id: half, state: 'making', attempts: 1, file_path: key, storage: 'disk' },
        lease_until: new Date(Date.now() - HOURS),
      })
      .execute();
    await room.attachments.sweep('whole');
    expect(await thumbnailsStored()).not.toContain(key);
    expect(await thumbnailsStored()).toContain((await row()).file_path);
    expect((await row(half)).file_path).toBeNull();
    expect((await thumbnail(room.attachments, half)).size).toBeGreaterThan(0);
  });

  test('finds the bytes of one whose attachment is gone', async () => {
    await thumbnail();
    const key = (await row()).file_path ?? '';
    await room.db.deleteFrom('ticket_attachments').where('id', '=', id).execute();
    expect(
      await room.db.selectFrom('thumbnails').where('file_path', '=', key).select('state').execute(),
    ).toEqual([]);
    const { removeOrphans } = await import('../../../src/attachments/upkeep/orphans.ts');
    await removeOrphans(room.parts, new Date(Date.now() + 2 * HOURS));
    const left = await thumbnailsStored();
    expect(left).not.toContain(key);
    expect(left.length).toBeGreaterThan(0);
  });

  test('spares the spool file of one that is being made', async () => {
    const spool = {
      ...room.parts.spool,
      async receive(...given: Parameters<Parts['spool']['receive']>) {
        const file = await room.parts.spool.receive(...given);
        await room.attachments.sweep('quick');
        return file;
      },
    };
    expect((await thumbnail(instance(async () => {}, { spool }).attachments)).size).toBeGreaterThan(0);
  });
});
