import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OpenUpload } from '../../../src/attachments/index.ts';
import { sweepSpool } from '../../../src/attachments/upkeep/spool.ts';
import { bytesOf, openTestRoom, type TestRoom } from '../../support/room.ts';

let room: TestRoom;
beforeAll(async () => {
  room = await openTestRoom();
});
afterAll(() => room?.close());

/** An upload with a file in the spool. */
async function spooling(): Promise<OpenUpload> {
  const upload = await room.begin(undefined);
  await room.parts.spool.receive(upload.id, bytesOf('It bu'), 100);
  return upload;
}

describe('spool files', () => {
  test('of the dead go, and those of the living stay', async () => {
    const [living, silent, over] = [await spooling(), await spooling(), await spooling()];
    await room.set(silent.id, { lease_until: "now() - interval '1 second'" });
    await room.set(over.id, { state: "'refused'", lease_until: 'NULL' });
    await room.parts.spool.receive(randomUUID(), bytesOf('of nobody'), 100);
    expect(await sweepSpool(room.parts)).toBe(3);
    expect(await room.parts.spool.ids()).toEqual([living.id]);
    expect(await sweepSpool(room.parts)).toBe(0);
    await room.attachments.abandon(living);
    expect(await room.parts.spool.ids()).toEqual([]);
  });

  test('that pieces of the living are put together in stay, sealed or not', async () => {
    const living = await spooling();
    const whole = `${living.id}.whole-${randomUUID()}`;
    await room.parts.spool.receive(whole, bytesOf('It bu'), 100);
    await room.parts.spool.receive(`${whole}.sealed`, bytesOf('It bu'), 100);
    expect(await sweepSpool(room.parts)).toBe(0);
    await room.set(living.id, { lease_until: "now() - interval '1 second'" });
    expect(await sweepSpool(room.parts)).toBe(3);
    await room.attachments.abandon(living);
  });

  test('of the living stay when the clock was set back', async () => {
    const living = await spooling();
    await room.set(living.id, { lease_until: "lease_until + interval '1 hour'" });
    expect(await sweepSpool(room.parts)).toBe(0);
    await room.attachments.abandon(living);
  });
});
