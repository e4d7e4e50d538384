import { CompiledQuery, type Transaction } from 'kysely';
import { PgBoss, type QueueOptions, type WorkOptions } from 'pg-boss';
import type { Log } from '../log.ts';
import { type ConnectTo, onSocket } from './open.ts';
import type { Schema } from './schema.ts';

/** What each job is told. A new one starts with a line here. */
export interface JobPayloads {
  /** Moves the bytes of a claimed upload to their ticket's place in the store. */
  rehome: { attachmentId: string };
}
export type JobName = keyof JobPayloads;

/** What a job is about: one about the same is not queued twice. */
const SUBJECTS: { [Name in JobName]: (payload: JobPayloads[Name]) => string } = {
  rehome: ({ attachmentId }) => attachmentId,
};

/** What is done by the clock. */
export const CHORES = ['sweep', 'whole_sweep'] as const;
export type Chore = (typeof CHORES)[number];

export type Jobs = ReturnType<typeof openJobs>;

const QUEUE = {
  // One queued or running for each subject, whoever sends it: a sweeper may send again what it finds undone.
  policy: 'exclusive',
  notify: true,
  deleteAfterSeconds: 86_400,
  // A worker that died is found out by its silence and its job given to another.
  heartbeatSeconds: 30,
  expireInSeconds: 900,
};
const JOB_RETRIES: QueueOptions = { retryLimit: 20, retryDelay: 1, retryBackoff: true, retryDelayMax: 600 };
const CHORE_RETRIES: QueueOptions = { retryLimit: 0 };

// A batch that comes back full is followed by another at once, one that does not means that the queue is empty
// until the next notice. Polling is for retries that fall due and for a listener that lost its connection.
const DRAIN: WorkOptions & { perJobResults: true } = {
  batchSize: 4,
  burstWhenBatchFull: true,
  perJobResults: true,
  pollingIntervalSeconds: 2,
  notifyPollingIntervalSeconds: 2,
};

/**
 * Background work, kept in the database and shared by every instance on it (pg-boss, on a few connections of
 * its own). `rhythm` is how often, in seconds, the clock is looked at; schedules know minutes.
 */
export function openJobs(to: ConnectTo, log: Log, rhythm = { look: 30, start: 5 }) {
  const boss = new PgBoss({
    ...(typeof to === 'string' ? { connectionString: to } : onSocket(to)),
    application_name: 'docket jobs',
    max: 3,
    useListenNotify: true,
    cronMonitorIntervalSeconds: rhythm.look,
    cronWorkerIntervalSeconds: rhythm.start,
  });
  boss.on('error', (error) => log.error({ err: error }, 'background work failed'));
  boss.on('warning', ({ message, data }) => log.warn({ data }, message));

  async function serve<Payload>(queue: string, handle: (payload: Payload) => Promise<void>): Promise<void> {
    await boss.work<Payload, unknown, typeof DRAIN>(queue, DRAIN, (batch) =>
      Promise.all(
        batch.map(async ({ id, data, retryCount }) => {
          try {
            await handle(data);
            return { id, status: 'completed' as const };
          } catch (error) {
            log.warn({ err: error, job: queue, id, retryCount }, 'a job failed');
            return { id, status: 'failed' as const, output: { message: String(error) } };
          }
        }),
      ),
    );
  }

  return {
    /** Makes or updates the tables and the queues; for `migrate`, under its lock. */
    async install(): Promise<void> {
      await boss.start();
      for (const name of Object.keys(SUBJECTS)) await makeQueue(boss, name, { ...QUEUE, ...JOB_RETRIES });
      for (const name of CHORES) await makeQueue(boss, name, { ...QUEUE, ...CHORE_RETRIES });
    },

    /** Opens its connections. Work begins with `work` and `schedule`. */
    async start(): Promise<void> {
      await boss.start();
    },

    /** Takes no more work, waits up to `patience` ms for what runs, and gives back what does not end. */
    async stop(patience = 5_000): Promise<void> {
      await boss.stop({ timeout: patience });
    },

    /**
     * Queues a job on the caller's transaction: it runs, at once, when that commits, and never when it does
     * not. One about the same subject that is queued or running already stands for it.
     */
    async send<Name extends JobName>(
      trx: Transaction<Schema>,
      name: Name,
      payload: JobPayloads[Name],
    ): Promise<void> {
      const executeSql = (text: string, values: unknown[] = []) =>
        trx.executeQuery<Record<string, unknown>>(CompiledQuery.raw(text, values));
      await boss.send(name, payload, { singletonKey: SUBJECTS[name](payload), db: { executeSql } });
    },

    /** Does the jobs of a name, here too. One that throws is tried again, later and later, for some hours. */
    async work<Name extends JobName>(
      name: Name,
      handle: (payload: JobPayloads[Name]) => Promise<void>,
    ): Promise<void> {
      await serve(name, handle);
    },

    /** Does a chore whenever `cron` (UTC, to the minute) says so, one at a time whatever the instances. */
    async schedule(chore: Chore, cron: string, handle: () => Promise<void>): Promise<void> {
      await serve(chore, handle);
      await boss.schedule(chore, cron);
    },
  };
}

async function makeQueue(boss: PgBoss, name: string, options: typeof QUEUE & QueueOptions): Promise<void> {
  await boss.createQueue(name, options);
  const { policy: _, ...changeable } = options;
  await boss.updateQueue(name, changeable);
}
