import { join } from 'node:path';
import {
  createAttachments,
  createHashing,
  createInspector,
  createPainter,
  createStorageConfig,
  createUploadLocks,
  type Limits,
  MAX_DESCRIPTION_LENGTH,
  placesOf,
  STAGED_LIMITS,
  type StorageConfigs,
} from './attachments/index.ts';
import type { Config } from './config.ts';
import { openJobs } from './db/jobs.ts';
import { migrate } from './db/migrate.ts';
import { openNotifications } from './db/notifications.ts';
import { type ConnectTo, openDb, openPool } from './db/open.ts';
import { finishUploads } from './finish-uploads.ts';
import { createAccess } from './helpdesk/access.ts';
import { createAccounts } from './helpdesk/accounts.ts';
import { createLive } from './helpdesk/live.ts';
import { createReplies } from './helpdesk/replies.ts';
import { createTickets } from './helpdesk/tickets.ts';
import { attachmentJson } from './http/attachment-json.ts';
import { SILENCE_SECONDS } from './http/body-bounds.ts';
import type { Services } from './http/services.ts';
import type { Log } from './log.ts';
import { scannerOf } from './scanner.ts';
import { DISK_RESERVE, spoolOf, storageOf } from './storage.ts';
import { storageFrame } from './storage-frame.ts';

/** Limits that no operator sets. */
export const BOUNDS = {
  ...STAGED_LIMITS,
  diskReserve: DISK_RESERVE,
};

/** Milliseconds between two looks for files that wait although the scanner answers. */
const RESUME_EVERY = 7_000;

export type Desk = Awaited<ReturnType<typeof compose>>;

/**
 * Everything put together over one database, whose schema it brings up to date. Nothing listens or works yet.
 * Tests meet `bounds` that are smaller than real ones.
 */
export async function compose(config: Config, to: ConnectTo, log: Log, bounds = BOUNDS) {
  await using begun = new AsyncDisposableStack();
  const scanner = scannerOf(config);
  const pool = openPool(to, (error) => log.warn({ err: error }, 'a database connection broke'));
  const db = begun.adopt(openDb(pool), (it) => it.destroy());
  const jobs = begun.adopt(openJobs(to, log), (it) => it.stop());
  const migrated = await migrate(db, jobs.install);

  const notifications = begun.adopt(await openNotifications(to, db, log), (it) => it.close());
  const hashing = begun.adopt(createHashing(), (it) => it.close());
  const painter = begun.adopt(createPainter(), (it) => it.close());
  const inspector = begun.adopt(createInspector(), (it) => it.close());
  const spool = spoolOf(config, hashing, bounds.diskReserve);
  await spool.prepare();
  const storageConfig = begun.adopt(
    await createStorageConfig({
      ...{ db, notifications, log },
      frame: storageFrame(config),
      folders: { spool: join(config.dataDir, 'spool'), closed: [join(config.dataDir, 'postgres')] },
    }),
    (it) => it.close(),
  );
  const attachments = begun.adopt(
    createAttachments({
      db,
      stores: storageOf(config, storageConfig.basePathInUse, () => storageConfig.current().storageType),
      directDownloads: config.directDownloads,
      spool,
      hashing,
      inspector,
      painter,
      limits: limitsOf(config, bounds, storageConfig),
      retentionDays: config.retentionDays,
      scans: scanner && {
        scanner,
        sending: (job) => jobs.sending('scan', job),
        concurrency: config.scanConcurrency,
        instance: notifications.instance,
      },
      log,
    }),
    (it) => it.close(),
  );

  const uploadLocks = begun.adopt(await createUploadLocks({ db, notifications, log }), (it) => it.close());

  const accounts = await createAccounts({ db, config, log });
  const access = createAccess({ db });
  const claim: Parameters<typeof createTickets>[0]['claim'] = async (trx, asked) => {
    for (const { id } of await attachments.claim(trx, asked)) {
      await jobs.send(trx, 'rehome', { attachmentId: id });
    }
  };
  const live = await createLive({ db, access, notifications, log });
  const services: Services = {
    ...{
      live,
      config,
      db,
      accounts,
      access,
      attachments,
      storageConfig,
      uploadLocks,
      scanner,
      silenceSeconds: SILENCE_SECONDS,
    },
    tickets: createTickets({ db, access, claim }),
    replies: createReplies({
      ...{ db, access, claim },
      async attachmentsOf(on, caller, replyIds) {
        const records = await attachments.ofReplies(on, replyIds);
        return new Map(
          [...records].map(([id, files]) => [id, files.map((file) => attachmentJson(access, caller, file))]),
        );
      },
    }),
  };

  const kept = begun.move();

  /** Files are looked at as they come, what had to wait as soon as the scanner is back, and all again when it knows more. */
  async function scanFiles(): Promise<void> {
    const { scans } = attachments;
    const { scanConcurrency } = config;
    await jobs.work('scan', ({ fileId }) => scans.work(fileId), {
      here: scanConcurrency,
      groups: placesOf(scanConcurrency),
    });
    kept.adopt(
      setInterval(() => {
        scans.resume().catch((error: unknown) => log.warn({ err: error }, 'waiting files were not queued'));
      }, RESUME_EVERY).unref(),
      clearInterval,
    );
    await jobs.schedule('rescan', '* * * * *', async () => void (await scans.pass()));
  }

  return {
    services,
    /** The steps that brought the schema up to date. */
    migrated,
    /** Begins the background work: jobs, and the sweep by the clock. */
    async work(): Promise<void> {
      await jobs.start();
      await jobs.work('rehome', async ({ attachmentId }) => void (await attachments.rehome(attachmentId)));
      if (attachments.scans.isOn) await scanFiles();
      const unfinished = { attachments, uploadLocks, access, people: accounts.people, log };
      await finishUploads(unfinished);
      await jobs.schedule('sweep', '* * * * *', async () => {
        await finishUploads(unfinished);
        await attachments.sweep('quick');
        await accounts.sessions.sweep();
      });
      await jobs.schedule('audit', '* * * * *', () => attachments.audit());
      await jobs.schedule('whole_sweep', '17 * * * *', async () => {
        await live.sweep();
        await attachments.sweep('whole');
      });
    },
    /** Ends what was begun, the database's connections last. */
    close: () => kept.disposeAsync(),
  };
}

/** Those that an admin may change are what they are at the moment they are read. */
function limitsOf(
  config: Config,
  { maxStagedFiles, maxStagedSize }: typeof BOUNDS,
  { current }: Pick<StorageConfigs, 'current'>,
): Limits {
  const { maxFilesPerTicket, maxTotalSizePerTicket, uploadsPerMinute, concurrentUploads } = config;
  return {
    ...{ maxFilesPerTicket, maxTotalSizePerTicket, uploadsPerMinute, concurrentUploads },
    ...{ maxStagedFiles, maxStagedSize, maxDescriptionLength: MAX_DESCRIPTION_LENGTH },
    get maxFileSize() {
      return current().maxFileSize;
    },
    get types() {
      return current().types;
    },
  };
}
