import { randomBytes, randomUUID } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAttachments, createStores } from '../../../src/attachments/index.ts';
import { sealingKey } from '../../../src/attachments/store/sealed/keys.ts';
import { bytesOf, openTestRoom, type TestRoom } from '../../support/room.ts';

let room: TestRoom;
beforeAll(async () => {
  room = await openTestRoom();
});
afterAll(() => room?.close());

type Key = ReturnType<typeof sealingKey>;

const withKeys = (...keys: [Key, ...Key[]]) =>
  createAttachments({
    ...room.parts,
    stores: createStores([room.store], () => 'disk', { keys, folder: `${room.folder}/spool` }),
  });
const piece = (offset: number, text: string) => ({ offset, bytes: bytesOf(text), wasCut: () => false });

test('a file that ends after all others were sealed under a new key is under that as well', async () => {
  const [old, fresh] = [sealingKey(randomBytes(32)), sealingKey(randomBytes(32))];
  const grant = await room.access.toAttach(room.requester, await room.ticket());
  const announced = { id: randomUUID(), fileName: 'note.txt', size: 10, description: null, metadata: '' };
  const before = withKeys(old).resumable;
  const half = await before.receive(grant, await before.create(grant, announced), piece(0, 'It bu'));

  const both = withKeys(fresh, old);
  expect(await both.move('sealed', () => {})).toBe(true);
  const { attachmentId } = await both.resumable.receive(grant, half, piece(5, 'rns.\n'));

  const open = await withKeys(fresh).open(await room.access.toRead(room.requester, attachmentId ?? ''));
  expect((await buffer(await open.read())).toString()).toBe('It burns.\n');
});
