import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createUploadLocks, type UploadLocks } from '../../../src/attachments/index.ts';
import { migrate } from '../../../src/db/migrate.ts';
import { type Notifications, openNotifications } from '../../../src/db/notifications.ts';
import { type Db, openDb, openPool } from '../../../src/db/open.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';

const PATIENCE = 1_000;
const log = { info: () => {}, warn: () => {}, error: () => {} };

/** A process among several on one database. */
interface Instance {
  db: Db;
  notifications: Notifications;
  locks: UploadLocks;
  close(): Promise<void>;
}

let database: TestDatabase;
let one: Instance;
let other: Instance;

async function openInstance(): Promise<Instance> {
  const db = openDb(openPool(database.to, () => undefined));
  const notifications = await openNotifications(database.to, db, log);
  const locks = await createUploadLocks({ db, notifications, log }, PATIENCE);
  return {
    ...{ db, notifications, locks },
    async close() {
      locks.close();
      await notifications.close();
      await db.destroy();
    },
  };
}

beforeAll(async () => {
  database = await createTestDatabase();
  const db = openDb(openPool(database.to, () => undefined));
  await migrate(db, async () => {});
  await db.destroy();
  [one, other] = await Promise.all([openInstance(), openInstance()]);
});
afterAll(async () => {
  await Promise.all([one?.close(), other?.close()]);
  await database?.drop();
});

describe.each([
  ['in one process', () => [one, one] as const],
  ['across processes', () => [one, other] as const],
])('%s', (_, both) => {
  test('one has the lock at a time, and whoever waits gets it as soon as it is free', async () => {
    const id = randomUUID();
    const [mine, theirs] = both();
    const unlock = await mine.locks.lock(id, () => {});
    let got = 0;
    const waiting = theirs.locks
      .lock(id, () => {})
      .then((free) => {
        got = performance.now();
        return free;
      });
    await sleep(200);
    expect(got).toBe(0);
    const freed = performance.now();
    await unlock();
    await (await waiting)();
    expect(got - freed).toBeLessThan(400);
  });

  test('whoever has it hears that it is wanted, at once', async () => {
    const id = randomUUID();
    const [mine, theirs] = both();
    const wanted = Promise.withResolvers<void>();
    const unlock = await mine.locks.lock(id, wanted.resolve);
    const waiting = theirs.locks.lock(id, () => {});
    await wanted.promise;
    await unlock();
    await (await waiting)();
  });

  test('whoever waits too long is refused', async () => {
    const id = randomUUID();
    const [mine, theirs] = both();
    const unlock = await mine.locks.lock(id, () => {});
    await expect(theirs.locks.lock(id, () => {})).rejects.toMatchObject({ code: 'upload_locked' });
    await unlock();
    await (await theirs.locks.lock(id, () => {}))();
  });

  test('of many who want it each has it alone', async () => {
    const id = randomUUID();
    const has = { now: 0, most: 0, ever: 0 };
    const turn = async ({ locks }: Instance) => {
      const unlock = await locks.lock(id, () => {});
      has.now += 1;
      has.ever += 1;
      has.most = Math.max(has.most, has.now);
      await sleep(5);
      has.now -= 1;
      await unlock();
    };
    await Promise.all(Array.from({ length: 12 }, (_, i) => turn(both()[i % 2] ?? one)));
    expect(has).toEqual({ now: 0, most: 1, ever: 12 });
  });
});

test('the lock of a process that died is free at once', async () => {
  const id = randomUUID();
  const doomed = await openInstance();
  await doomed.locks.lock(id, () => {});
  // Its connections end, as the kernel does it for a process that is killed; nobody lets go of anything.
  doomed.locks.close();
  await doomed.notifications.close();
  await doomed.db.destroy();
  const begun = performance.now();
  await (await one.locks.lock(id, () => {}))();
  expect(performance.now() - begun).toBeLessThan(PATIENCE);
});

test('a lock that nobody renews is free when its lease has run out', async () => {
  const id = randomUUID();
  await other.locks.lock(id, () => {});
  await sql`UPDATE upload_locks SET lease_until = now() - interval '1 second' WHERE upload_id = ${id}`.execute(
    one.db,
  );
  await (await one.locks.lock(id, () => {}))();
});

test('a lock stays with its process while its connection for notifications is made again', async () => {
  const id = randomUUID();
  const unlock = await one.locks.lock(id, () => {});
  await sql`
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE application_name = 'docket notifications' AND datname = current_database()
  `.execute(one.db);
  await expect(one.locks.lock(id, () => {})).rejects.toMatchObject({ code: 'upload_locked' });
  await unlock();
});

test('whoever has lost the lock hears that they are wanted', async () => {
  const id = randomUUID();
  const lost = Promise.withResolvers<void>();
  const unlock = await one.locks.lock(id, lost.resolve);
  await sql`DELETE FROM upload_locks WHERE upload_id = ${id}`.execute(one.db);
  await lost.promise;
  await unlock();
});
