import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createAttachments, type ResumableUpload } from '../../../src/attachments/index.ts';
import { finishUploads } from '../../../src/finish-uploads.ts';
import { Refusal } from '../../../src/refusals.ts';
import { bytesOf, only, openTestRoom, storeLike, type TestRoom } from '../../support/room.ts';

let room: TestRoom;
let ticket: string;
beforeAll(async () => {
  room = await openTestRoom({ maxFilesPerTicket: 2 });
});
afterAll(() => room?.close());
beforeEach(async () => {
  ticket = await room.ticket();
});

/** An upload of these pieces whose last one meets a store that takes no whole file. */
async function stuck(pieces: string[], failure: Error): Promise<ResumableUpload> {
  const store = storeLike(room.store, {
    async put(key, path) {
      if (!key.startsWith('segments/')) throw failure;
      await room.store.put(key, path);
    },
  });
  const { resumable, close } = createAttachments({ ...room.parts, stores: only(store) });
  const grant = await room.access.toAttach(room.requester, ticket);
  let upload = await resumable.create(grant, {
    ...{ id: randomUUID(), fileName: 'note.txt', size: pieces.join('').length },
    ...{ description: null, metadata: 'filename bm90ZS50eHQ=' },
  });
  try {
    for (const piece of pieces) {
      const { offset } = upload;
      upload = await resumable.receive(grant, upload, { offset, bytes: bytesOf(piece), wasCut: () => false });
    }
    throw new Error('it was finished');
  } catch (error) {
    expect(error).toBe(failure);
  } finally {
    await close();
  }
  return room.attachments.resumable.get(room.requester, upload.id);
}

async function finish(upload: ResumableUpload): Promise<ResumableUpload> {
  return room.attachments.resumable.finish(await room.access.toAttach(room.requester, ticket), upload);
}

const files = async () =>
  room.db.selectFrom('ticket_attachments').selectAll().where('ticket_id', '=', ticket).execute();

describe('an upload whose bytes are all there and which was not finished', () => {
  test.each([
    ['a store that is away', new Refusal('storage_unavailable')],
    ['a disk that is full', new Refusal('storage_full')],
    ['a fault', new Error('anything')],
  ])('because of %s is whole and waits, and is finished once', async (_, failure) => {
    const upload = await stuck(['It ', 'burns', '.\n'], failure);
    expect(upload).toMatchObject({ state: 'receiving', offset: 10, length: 10, attachmentId: null });
    expect(await files()).toEqual([]);

    expect(await finish(upload)).toMatchObject({ state: 'attached', attachmentId: expect.any(String) });
    await expect(finish(upload)).rejects.toThrow();
    expect(await files()).toMatchObject([{ file_size: 10, file_name: 'note.txt' }]);
    // Cleared away behind the answer.
    const pieces = async () => (await room.stored()).filter((key) => key.startsWith('segments/'));
    await expect.poll(pieces, { timeout: 10_000 }).toEqual([]);
  });

  test('is finished by the upkeep, though its owner never comes back', async () => {
    const upload = await stuck(['It burns.\n'], new Error('anything'));
    expect(await room.attachments.resumable.unfinished()).toMatchObject([{ id: upload.id }]);
    const unlocked: string[] = [];
    const uploadLocks = { lock: async (id: string) => async () => void unlocked.push(id), close: () => {} };
    const people = { byId: async () => room.requester };
    await finishUploads({
      ...{ attachments: room.attachments, access: room.access, log: room.parts.log },
      ...{ uploadLocks, people },
    });
    expect(unlocked).toEqual([upload.id]);
    expect(await files()).toMatchObject([{ file_size: 10 }]);
    expect(await room.attachments.resumable.unfinished()).toEqual([]);
  });

  test('outlives every sweep', async () => {
    const upload = await stuck(['It ', 'burns.\n'], new Error('anything'));
    await room.attachments.sweep('whole');
    expect(await finish(upload)).toMatchObject({ state: 'attached' });
  });

  test('is refused for good when its ticket has no place any more, and leaves nothing', async () => {
    const upload = await stuck(['It ', 'burns.\n'], new Error('anything'));
    await room.set(upload.id, { expires_at: "now() - interval '1 second'" });
    await room.attach(ticket);
    await room.attach(ticket);
    await expect(finish(upload)).rejects.toMatchObject({ code: 'ticket_files_exceeded' });
    const again = room.attachments.resumable.get(room.requester, upload.id);
    await expect(again).rejects.toMatchObject({ code: 'ticket_files_exceeded' });
    await room.attachments.sweep();
    expect((await room.stored()).filter((key) => key.startsWith('segments/'))).toEqual([]);
  });
});
