import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAttachments } from '../../../src/attachments/index.ts';
import { bytesOf, only, openTestRoom, storeLike, type TestRoom } from '../../support/room.ts';

const TEXT = 'x'.repeat(2_000_000);
const announced = () => ({
  ...{ id: randomUUID(), fileName: 'note.txt', size: TEXT.length, description: null, metadata: '' },
});

let room: TestRoom;
beforeAll(async () => {
  room = await openTestRoom({ maxFileSize: 20_000_000 });
});
afterAll(() => room?.close());

test('of two requests at the same piece, the first without its lock, neither writes into the other’s', async () => {
  const { resumable } = room.attachments;
  const grant = await room.access.toAttach(room.requester, await room.ticket());
  const upload = await resumable.create(grant, announced());
  const [cut, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  async function* hanging() {
    yield Buffer.from(TEXT.slice(0, 600_000));
    await cut.promise;
  }
  async function* newer() {
    yield Buffer.from(TEXT.slice(0, 900_000));
    await goOn.promise;
    yield Buffer.from(TEXT.slice(900_000, 1_800_000));
  }
  const piece = (bytes: AsyncIterable<Uint8Array>) => ({ offset: 0, bytes, wasCut: () => true });
  const first = resumable.receive(grant, upload, piece(hanging()));
  await sleep(300);
  const second = resumable.receive(grant, upload, piece(newer()));
  await sleep(300);
  cut.resolve();
  expect((await first).offset).toBe(600_000);
  goOn.resolve();
  await expect(second).rejects.toMatchObject({ code: 'upload_offset_conflict' });
  const rest = { offset: 600_000, bytes: bytesOf(TEXT.slice(600_000)), wasCut: () => false };
  const end = await resumable.receive(grant, await resumable.get(room.requester, upload.id), rest);
  expect(end.state).toBe('attached');
  expect(await room.parts.spool.ids()).toEqual([]);
});

test('of two requests that finish an upload, one that dies in the middle changes nothing of what the other has', async () => {
  const grant = await room.access.toAttach(room.requester, await room.ticket());
  let [away, slow, inspected] = [true, false, 0];
  const [inspecting, dying] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  async function* dies(bytes: Readable) {
    for await (const chunk of bytes) {
      yield chunk;
      await dying.promise;
      throw new Error('killed');
    }
  }
  const store = storeLike(room.store, {
    async put(key, path) {
      if (away && !key.startsWith('segments/')) throw new Error('away');
      await room.store.put(key, path);
    },
    async read(key, range) {
      const bytes = await room.store.read(key, range);
      return slow ? Readable.from(dies(bytes)) : bytes;
    },
  });
  const inspector = {
    async inspect() {
      inspected += 1;
      if (inspected === 2) await inspecting.promise;
      return { accepted: true as const, mimeType: 'text/plain', warnings: [], rule: 'text' };
    },
    close: async () => {},
  };
  const { resumable } = createAttachments({ ...room.parts, stores: only(store), inspector });
  const upload = await resumable.create(grant, announced());
  const whole = { offset: 0, bytes: bytesOf(TEXT), wasCut: () => false };
  await expect(resumable.receive(grant, upload, whole)).rejects.toThrow('away');
  away = false;
  const again = await resumable.get(room.requester, upload.id);
  const first = resumable.finish(grant, again);
  await expect.poll(() => inspected).toBe(2);
  slow = true;
  const second = resumable.finish(grant, again);
  await sleep(300);
  inspecting.resolve();
  const { attachmentId } = await first;
  dying.resolve();
  await expect(second).rejects.toThrow();
  const row = await room.db
    .selectFrom('ticket_attachments')
    .select(['file_path', 'file_size'])
    .where('id', '=', attachmentId ?? '')
    .executeTakeFirstOrThrow();
  expect((await room.store.stat(row.file_path))?.size).toBe(row.file_size);
});
