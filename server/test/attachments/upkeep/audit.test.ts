import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { Parts } from '../../../src/attachments/parts.ts';
import { createAudit } from '../../../src/attachments/upkeep/audit.ts';
import { lastAudit, MOST_PACE } from '../../../src/attachments/upkeep/audit-pass.ts';
import { only, openTestRoom, storeLike, type TestRoom } from '../../support/room.ts';

const TEXT = 'It burns.\n';

let room: TestRoom;
let ticket: string;
beforeAll(async () => {
  room = await openTestRoom();
  ticket = await room.ticket();
});
afterAll(() => room?.close());
beforeEach(async () => {
  await room.db.deleteFrom('audit_pass').execute();
  await room.db.deleteFrom('ticket_attachments').execute();
  await room.db.deleteFrom('attachment_totals').execute();
  said.splice(0);
  read.splice(0);
});

const said: { level: string; fields: Record<string, unknown>; message: string }[] = [];
/** Keys of what was read, in order. */
const read: string[] = [];

/** An audit of its own, as another instance has one. */
function audit(differently: Partial<Parts> = {}) {
  const say = (level: string) => (fields: object, message: string) =>
    void said.push({ level, fields: { ...fields }, message });
  const stores = only(
    storeLike(room.store, {
      read: (key) => {
        read.push(key);
        return room.store.read(key);
      },
    }),
  );
  const log = { info: say('info'), warn: say('warn'), error: say('error') };
  return createAudit({ ...room.parts, stores, log, ...differently });
}

async function files(count: number): Promise<string[]> {
  const made: string[] = [];
  for (let n = 0; n < count; n += 1) made.push((await room.attach(ticket)).id);
  return made.sort();
}
const keysOf = (ids: string[]) => Promise.all(ids.map((id) => room.keyOf(id)));
const pass = () => room.db.selectFrom('audit_pass').selectAll().executeTakeFirstOrThrow();
/** As fast as it can; the next pass at once. */
const hurry = () =>
  room.db
    .updateTable('audit_pass')
    .set({ pace: MOST_PACE, due_at: new Date(0) })
    .execute();

/** The first run begins the pass, and hashes one file: the others are not due yet. */
async function begin(): Promise<void> {
  await audit().run();
  await hurry();
}

test('a pass hashes every file once, tells of its end, and rests until the month is over', async () => {
  const ids = await files(5);
  await begin();
  expect(await lastAudit(room.db)).toBeUndefined();
  await audit().run();
  expect(read).toEqual(await keysOf(ids));
  expect(said).toEqual([
    {
      level: 'info',
      fields: { files: 5, bytes: 5 * TEXT.length, findings: 0 },
      message: 'the audit has hashed every stored file',
    },
  ]);
  expect(await lastAudit(room.db)).toMatchObject({ files: 5, findings: 0, ended_at: expect.any(Date) });
  const { due_at, started_at } = await pass();
  expect(due_at.getTime() - started_at.getTime()).toBeGreaterThan(29 * 86_400_000);
  await audit().run();
  expect(read).toHaveLength(5);
  await hurry();
  await audit().run();
  expect(read).toHaveLength(10);
});

test('a pass over an empty desk is repeated the next day', async () => {
  await audit().run();
  const { due_at, started_at } = await pass();
  expect(Math.abs(due_at.getTime() - started_at.getTime() - 86_400_000)).toBeLessThan(60_000);
  await files(2);
  await hurry();
  await audit().run();
  expect(await lastAudit(room.db)).toMatchObject({ files: 2 });
});

test('each finding is an alarm, once a pass, and keeps nothing else', async () => {
  const [changed = '', gone = '', whole = ''] = await files(3);
  await writeFile(join(room.folder, 'storage', await room.keyOf(changed)), 'It burnt.\n');
  await rm(join(room.folder, 'storage', await room.keyOf(gone)));
  await begin();
  await audit().run();
  const alarms = said.filter(({ level }) => level === 'error');
  expect(alarms.map(({ fields }) => [fields.alarm, fields.problem, fields.file])).toEqual([
    ['integrity', 'changed', changed],
    ['integrity', 'missing', gone],
  ]);
  expect(read.at(-1)).toBe(await room.keyOf(whole));
  expect(await lastAudit(room.db)).toMatchObject({ files: 3, findings: 2 });
});

describe('the pace', () => {
  test('spreads all bytes over a month', async () => {
    await files(4);
    await audit().run();
    expect(read).toHaveLength(1);
    const { pace, due_at } = await pass();
    expect(pace).toBe(1);
    expect(Math.abs((due_at.getTime() - Date.now()) / 1000 - TEXT.length)).toBeLessThan(5);
    await room.db
      .updateTable('ticket_attachments')
      .set({ file_size: 30 * 86_400 * 1_000 })
      .execute();
    await room.db.deleteFrom('audit_pass').execute();
    await audit().run();
    expect((await pass()).pace).toBe(4_000);
  });

  test('has a ceiling', async () => {
    await files(1);
    await room.db.updateTable('ticket_attachments').set({ file_size: 1e15 }).execute();
    await audit().run();
    expect((await pass()).pace).toBe(MOST_PACE);
  });

  test('is set anew each day, since a desk grows, and no file keeps the next for longer', async () => {
    const [first = ''] = await files(3);
    const row = room.db.updateTable('ticket_attachments');
    await row
      .set({ file_size: 30 * 86_400 })
      .where('id', '=', first)
      .execute();
    await audit().run();
    const { pace, due_at } = await pass();
    expect(pace).toBe(2);
    expect(Math.abs(due_at.getTime() - Date.now() - 86_400_000)).toBeLessThan(60_000);

    await row.set({ file_size: 30 * 86_400 * 50 }).execute();
    await room.db.updateTable('audit_pass').set({ due_at: new Date() }).execute();
    await audit().run();
    expect((await pass()).pace).toBe(2);
    const yesterday = sql<Date>`now() - interval '25 hours'`;
    await room.db.updateTable('audit_pass').set({ paced_at: yesterday, due_at: new Date() }).execute();
    await audit().run();
    expect((await pass()).pace).toBe(150);
  });

  test('is made up for by a minute at most after a stop of weeks', async () => {
    await files(12);
    await audit().run();
    // A file a ten seconds' worth.
    await room.db
      .updateTable('audit_pass')
      .set({ pace: 1, due_at: sql<Date>`now() - interval '20 days'` })
      .execute();
    read.splice(0);
    await audit().run();
    expect(read.length).toBeGreaterThanOrEqual(6);
    expect(read.length).toBeLessThanOrEqual(8);
  });
});

test('whoever is stopped in the middle of a file, another goes on with that one', async () => {
  const ids = await files(4);
  const keys = await keysOf(ids);
  await begin();
  const { open: _, ...store } = room.store;
  const hanging = only(
    storeLike(store, {
      read: (key) => {
        read.push(key);
        return key === keys[2] ? new Promise(() => {}) : room.store.read(key);
      },
    }),
  );
  void audit({ stores: hanging }).run(); // as if it were killed there: it never comes back
  await expect.poll(() => read.at(-1)).toBe(keys[2]);
  await audit().run();
  expect(read).toEqual([keys[0], keys[1], keys[2], keys[2], keys[3]]);
  expect(await lastAudit(room.db)).toMatchObject({ files: 4 });
});

test('of two at once one gives way: every file counts once', async () => {
  const ids = await files(20);
  await begin();
  const another = room.anotherDb();
  onTestFinished(() => another.destroy());
  await Promise.all([audit().run(), audit({ db: another }).run()]);
  const twice = read.length - new Set(read).size;
  expect(new Set(read)).toEqual(new Set(await keysOf(ids)));
  expect(twice).toBeLessThanOrEqual(1);
  expect(await lastAudit(room.db)).toMatchObject({ files: 20, findings: 0 });
  expect(said.filter(({ level }) => level === 'info')).toHaveLength(1);
});

test('a store that does not answer alarms nobody, and its file is tried again', async () => {
  const ids = await files(2);
  await begin();
  const stat = () => Promise.reject(new Error('nobody is there'));
  await expect(audit({ stores: only(storeLike(room.store, { stat })) }).run()).rejects.toThrow(
    'nobody is there',
  );
  expect(said).toEqual([]);
  await audit().run();
  expect(read).toEqual(await keysOf(ids));
});

test('a run ends in time, and at once when Docket ends', async () => {
  await files(3);
  await begin();
  await audit().run(-1);
  const ending = audit();
  ending.close();
  await ending.run();
  expect(read).toHaveLength(1);
});

test('an empty desk begins one pass, and ends it in silence until a month is over', async () => {
  await audit().run();
  await audit().run();
  expect(said).toHaveLength(1);
});
