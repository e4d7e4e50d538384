import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAssembly } from '../../../src/attachments/resumable/assembly.ts';
import { openTestRoom, type TestRoom } from '../../support/room.ts';

let room: TestRoom;
beforeAll(async () => {
  room = await openTestRoom();
});
afterAll(() => room?.close());

test('of two processes over one folder, one that lets go leaves what the other has put together', async () => {
  const [one, other] = [createAssembly(room.parts), createAssembly(room.parts)];
  const [first, second] = ['segments/first', 'segments/second'];
  await room.strew(first);
  await room.strew(second);
  const { size } = (await room.store.stat(first)) ?? { size: 0 };
  const at = { uploadId: 'one', storage: room.store.name, key_id: null, size };
  one.add({ ...at, key: first, position: 0 }, 2 * size);
  other.add({ ...at, key: first, position: 0 }, 2 * size);
  other.add({ ...at, key: second, position: size }, 2 * size);
  const whole = await other.take('one', 2 * size);
  await one.drop('one');
  expect((await readFile(whole?.path ?? '')).length).toBe(2 * size);
  await room.parts.spool.remove(basename(whole?.path ?? ''));
  expect(await room.parts.spool.ids()).toEqual([]);
});
