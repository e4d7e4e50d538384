import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Jobs, openJobs } from '../../src/db/jobs.ts';
import { type Db, openDb, openPool, type Transaction } from '../../src/db/open.ts';
import type { Schema } from '../../src/db/schema.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const said: string[] = [];
const log = {
  info: () => {},
  warn: (_: object, message: string) => said.push(message),
  error: (_: object, message: string) => said.push(message),
};

let database: TestDatabase;
let db: Db;
const open: Jobs[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  db = openDb(openPool(database.to, () => {}));
  await instance();
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((jobs) => jobs.stop(1_000)));
  said.splice(0);
});
afterAll(async () => {
  await db.destroy();
  await database.drop();
});

/** Another instance of Docket on the same database. */
async function instance(): Promise<Jobs> {
  const jobs = openJobs(database.to, log, { look: 1, start: 1 });
  open.push(jobs);
  await jobs.install();
  await jobs.start();
  return jobs;
}

async function sendAlone(jobs: Jobs, attachmentId: string): Promise<void> {
  await db.transaction().execute((trx) => jobs.send(trx, 'rehome', { attachmentId }));
}

describe('a job', () => {
  it('starts within 200 ms of its commit, without waiting for a poll', async () => {
    const jobs = await instance();
    const started = new Map<string, number>();
    await jobs.work('rehome', async ({ attachmentId }) => {
      started.set(attachmentId, performance.now());
    });
    await sleep(300); // the workers' first, empty look
    const delays: number[] = [];
    for (let round = 0; round < 15; round += 1) {
      await sendAlone(jobs, `swift-${round}`);
      const committed = performance.now();
      await vi.waitFor(() => expect([...started.keys()]).toContain(`swift-${round}`), {
        interval: 5,
        timeout: 3_000,
      });
      delays.push((started.get(`swift-${round}`) ?? 0) - committed);
    }
    const [median = Number.NaN] = delays.toSorted((a, b) => a - b).slice(7);
    console.log(`job started ${median.toFixed(1)} ms after its commit (median of 15)`);
    expect(median).toBeLessThan(200);
  });

  it('never runs when its transaction does not commit, nor before it does', async () => {
    const jobs = await instance();
    const ran: string[] = [];
    await jobs.work('rehome', async ({ attachmentId }) => {
      ran.push(attachmentId);
    });
    await expect(
      db.transaction().execute(async (trx) => {
        await jobs.send(trx, 'rehome', { attachmentId: 'rolled back' });
        throw new Error('on second thoughts');
      }),
    ).rejects.toThrow('on second thoughts');
    await db.transaction().execute(async (trx) => {
      await jobs.send(trx, 'rehome', { attachmentId: 'committed' });
      await sleep(700);
      expect(ran).toEqual([]);
    });
    await vi.waitFor(() => expect(ran).toEqual(['committed']));
  });

  it('is done once when many instances could do it', async () => {
    const ran: string[] = [];
    for (let count = 0; count < 3; count += 1) {
      const jobs = await instance();
      await jobs.work('rehome', async ({ attachmentId }) => {
        ran.push(attachmentId);
        await sleep(5);
      });
    }
    const ids = Array.from({ length: 40 }, (_, index) => `shared-${String(index).padStart(2, '0')}`);
    const [jobs] = open;
    if (!jobs) throw new Error('no instance');
    await Promise.all(ids.map((id) => sendAlone(jobs, id)));
    await vi.waitFor(() => expect(ran.toSorted()).toEqual(ids), { timeout: 5_000 });
  });

  it('is drained from a long queue at once, not one a poll', async () => {
    const jobs = await instance();
    const ids = Array.from({ length: 30 }, (_, index) => `queued-${String(index).padStart(2, '0')}`);
    for (const id of ids) await sendAlone(jobs, id);
    const ran: string[] = [];
    const begun = performance.now();
    await jobs.work('rehome', async ({ attachmentId }) => {
      ran.push(attachmentId);
    });
    await vi.waitFor(() => expect(ran.toSorted()).toEqual(ids), { timeout: 5_000 });
    expect(performance.now() - begun).toBeLessThan(2_000);
  });

  it('waits through a restart', async () => {
    const before = await instance();
    await sendAlone(before, 'patient');
    await before.stop(1_000);
    const ran: string[] = [];
    const after = await instance();
    await after.work('rehome', async ({ attachmentId }) => {
      ran.push(attachmentId);
    });
    await vi.waitFor(() => expect(ran).toEqual(['patient']), { timeout: 5_000 });
  });

  it('that fails is tried again, and said to have failed', async () => {
    const jobs = await instance();
    let tries = 0;
    await jobs.work('rehome', async () => {
      tries += 1;
      if (tries === 1) throw new Error('the store is away');
    });
    await sendAlone(jobs, 'stubborn');
    await vi.waitFor(() => expect(tries).toBe(2), { timeout: 15_000 });
    expect(said).toContain('a job failed');
  }, 20_000);

  it('that does not end is given back when its instance stops', async () => {
    const first = await instance();
    let taken = 0;
    await first.work('rehome', async () => {
      taken += 1;
      await new Promise(() => {});
    });
    await sendAlone(first, 'endless');
    await vi.waitFor(() => expect(taken).toBe(1));
    const begun = performance.now();
    await first.stop(1_000);
    expect(performance.now() - begun).toBeLessThan(3_000);
    const second = await instance();
    await second.work('rehome', async () => {
      taken += 1;
    });
    await vi.waitFor(() => expect(taken).toBe(2), { timeout: 15_000 });
  }, 20_000);

  it('about the same subject is queued once', async () => {
    const jobs = await instance();
    await Promise.all([1, 2, 3].map(() => sendAlone(jobs, 'same')));
    await sendAlone(jobs, 'same');
    await sendAlone(jobs, 'other');
    const ran: string[] = [];
    await jobs.work('rehome', async ({ attachmentId }) => {
      ran.push(attachmentId);
    });
    await vi.waitFor(() => expect(ran).toContain('other'));
    await sleep(300);
    expect(ran.toSorted()).toEqual(['other', 'same']);
  });
});

it('does a chore once when two instances have it on their schedule', async () => {
  // A chore is due for sixty seconds: late in its minute, instances that are slow to start would miss it.
  const second = new Date().getUTCSeconds();
  if (second > 20) await sleep((61 - second) * 1000);
  const now = new Date();
  const thisMinute = `${now.getUTCMinutes()} ${now.getUTCHours()} * * *`;
  let runs = 0;
  for (let count = 0; count < 2; count += 1) {
    const jobs = await instance();
    await jobs.schedule('sweep', thisMinute, async () => {
      runs += 1;
    });
  }
  await vi.waitFor(() => expect(runs).toBe(1), { timeout: 30_000 });
  await sleep(3_000); // several looks at the clock by both
  expect(runs).toBe(1);
}, 90_000);

// What a wrong name or payload would be is the compiler's to say.
export function _(jobs: Jobs, trx: Transaction<Schema>): void {
  // @ts-expect-error no such job
  void jobs.send(trx, 'rehouse', { attachmentId: '1' });
  // @ts-expect-error not its payload
  void jobs.send(trx, 'rehome', { uploadId: '1' });
}
