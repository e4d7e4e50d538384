import { CompiledQuery, sql, type Transaction } from 'kysely';
import {
  type ConstructorOptions,
  type Job,
  PgBoss,
  type QueueOptions,
  type SendOptions,
  type WorkOptions,
} from 'pg-boss';
import type { Log } from '../log.ts';
import { type ConnectTo, onSocket } from './open.ts';
import type { Schema } from './schema.ts';

/** What each job is told. A new one starts with a line here. */
export interface JobPayloads {
  /** Moves the bytes of a claimed upload to their ticket's place in the store. */
  rehome: { attachmentId: string };
  /** Has a scanner look at a file, on a ticket or staged. */
  scan: { fileId: string; share: ScanShare; size: number };
}
export type JobName = keyof JobPayloads;

/** What waits together for the scanner: a small file not behind large ones. */
export type ScanShare = 'small' | 'large';

type Sending = Pick<SendOptions, 'singletonKey' | 'priority' | 'group'>;

/** What a job is about: one about the same is not queued twice. And which of those that wait is next. */
const SENDING: { [Name in JobName]: (payload: JobPayloads[Name]) => Sending } = {
  rehome: ({ attachmentId }) => ({ singletonKey: attachmentId }),
  scan: ({ fileId, share, size }) => ({
    singletonKey: fileId,
    priority: -Math.ceil(size / 1_048_576),
    group: { id: share, tier: share },
  }),
};

/** How many jobs of a name run at once: in this process, and of each group among all instances. */
export interface Concurrency {
  here: number;
  groups: Record<string, number>;
}

/** What is done by the clock. */
export const CHORES = ['sweep', 'whole_sweep', 'rescan', 'audit'] as const;
export type Chore = (typeof CHORES)[number];

export type Jobs = ReturnType<typeof openJobs>;

const QUEUE = {
  // One queued or running for each subject, whoever sends it: a sweeper may send again what it finds undone.
  policy: 'exclusive',
  notify: true,
  deleteAfterSeconds: 86_400,
  // A worker that died is found out by its silence and its job given to another.
  heartbeatSeconds: 10,
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
 * its own). Until `start` it only sends: the clock and the jobs of the dead are the servers' business, and a command that
 * shows what would be done changes nothing. `rhythm` is how often, in seconds, the clock is looked at; schedules know
 * minutes.
 */
export function openJobs(to: ConnectTo, log: Log, rhythm = { look: 30, start: 5 }) {
  let boss = bossOf({ supervise: false, schedule: false });

  function bossOf(duties: ConstructorOptions): PgBoss {
    const made = new PgBoss({
      ...(typeof to === 'string' ? { connectionString: to } : onSocket(to)),
      application_name: 'docket jobs',
      max: 3,
      useListenNotify: true,
      ...duties,
    });
    made.on('error', (error) => log.error({ err: error }, 'background work failed'));
    made.on('warning', ({ message, data }) => log.warn({ data }, message));
    return made;
  }

  async function serve<Payload>(
    queue: string,
    handle: (payload: Payload) => Promise<void>,
    limits: WorkOptions = {},
  ): Promise<void> {
    const options = { ...DRAIN, ...limits, perJobResults: true as const };
    const worker = await boss.work<Payload, unknown, typeof options>(queue, options, async (batch) => {
      const results = await Promise.all(batch.map((job) => settle(queue, job, handle)));
      // By itself it sleeps after a batch of one, however many wait.
      if (options.batchSize === 1) boss.notifyWorker(worker);
      return results;
    });
  }

  async function settle<Payload>(
    queue: string,
    { id, data, retryCount }: Job<Payload>,
    handle: (payload: Payload) => Promise<void>,
  ) {
    try {
      await handle(data);
      return { id, status: 'completed' as const };
    } catch (error) {
      log.warn({ err: error, job: queue, id, retryCount }, 'a job failed');
      return { id, status: 'failed' as const, output: { message: String(error) } };
    }
  }

  async function sending<Name extends JobName>(
    name: Name,
    payload: JobPayloads[Name],
  ): Promise<CompiledQuery<{ id: string }>> {
    let statement: CompiledQuery<{ id: string }> | undefined;
    const executeSql = async (text: string, values: unknown[] = []) => {
      statement = CompiledQuery.raw(text, values);
      return { rows: [{ id: '' }] };
    };
    await boss.send(name, payload, { ...SENDING[name](payload), db: { executeSql } });
    if (!statement) throw new Error(`no statement queues ${name}`);
    return statement;
  }

  return {
    /** Makes or updates the tables and the queues; for `migrate`, under its lock. */
    async install(): Promise<void> {
      await boss.start();
      for (const name of Object.keys(SENDING)) await makeQueue(boss, name, { ...QUEUE, ...JOB_RETRIES });
      for (const name of CHORES) await makeQueue(boss, name, { ...QUEUE, ...CHORE_RETRIES });
    },

    /** Looks at the clock and after the jobs of others from now on. Work begins with `work` and `schedule`. */
    async start(): Promise<void> {
      const worker = bossOf({
        // How soon the jobs of whoever died are found.
        superviseIntervalSeconds: 10,
        monitorIntervalSeconds: 10,
        cronMonitorIntervalSeconds: rhythm.look,
        cronWorkerIntervalSeconds: rhythm.start,
      });
      await worker.start();
      const sender = boss;
      boss = worker;
      await sender.stop();
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
      await trx.executeQuery(await sending(name, payload));
    },

    /** The same as a statement, to be sent together with others of the transaction. */
    sending,

    /** Does the jobs of a name, here too. One that throws is tried again, later and later, for some hours. */
    async work<Name extends JobName>(
      name: Name,
      handle: (payload: JobPayloads[Name]) => Promise<void>,
      concurrency?: Concurrency,
    ): Promise<void> {
      if (!concurrency) return serve(name, handle);
      const limits = limitsOf(concurrency);
      for (let worker = 0; worker < concurrency.here; worker += 1) await serve(name, handle, limits);
    },

    /** Does a chore whenever `cron` (UTC, to the minute) says so, one at a time whatever the instances. */
    async schedule(chore: Chore, cron: string, handle: () => Promise<void>): Promise<void> {
      await serve(chore, handle);
      await boss.schedule(chore, cron);
    },
  };
}

/** One job a worker, so that none waits behind another of its batch. */
function limitsOf({ groups }: Concurrency): WorkOptions {
  return { batchSize: 1, groupConcurrency: { default: 1, tiers: groups } };
}

/** Of rows, those about which no job of this name is queued or running: by their column that is its subject. */
export function withoutJob(name: JobName, subject: string) {
  return sql<boolean>`NOT EXISTS (
    SELECT 1 FROM pgboss.job
    WHERE job.name = ${sql.lit(name)} AND job.singleton_key = ${sql.ref(subject)}
      AND job.state IN ('created', 'retry', 'active')
  )`;
}

async function makeQueue(boss: PgBoss, name: string, options: typeof QUEUE & QueueOptions): Promise<void> {
  await boss.createQueue(name, options);
  const { policy: _, ...changeable } = options;
  await boss.updateQueue(name, changeable);
}
