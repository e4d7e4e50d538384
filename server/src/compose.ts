import { join } from 'node:path';
import {
  createAttachments,
  createDiskStore,
  createHashing,
  createInspector,
  createSpool,
  MAX_DESCRIPTION_LENGTH,
  STAGED_LIMITS,
} from './attachments/index.ts';
import type { Config } from './config.ts';
import { openJobs } from './db/jobs.ts';
import { migrate } from './db/migrate.ts';
import { type ConnectTo, openDb, openPool } from './db/open.ts';
import { createAccess } from './helpdesk/access.ts';
import { createAccounts } from './helpdesk/accounts.ts';
import { createReplies } from './helpdesk/replies.ts';
import { createTickets } from './helpdesk/tickets.ts';
import { attachmentJson } from './http/attachment-json.ts';
import type { Services } from './http/services.ts';
import { SILENCE_SECONDS } from './http/silence.ts';
import type { Log } from './log.ts';

/** Free bytes that uploads leave on the disk: more than the database's log takes between two checkpoints. */
const DISK_RESERVE = 64 * 1024 * 1024;

export type Desk = Awaited<ReturnType<typeof compose>>;

/** Everything put together over one database, whose schema it brings up to date. Nothing listens or works yet. */
export async function compose(config: Config, to: ConnectTo, log: Log) {
  const pool = openPool(to, (error) => log.warn({ err: error }, 'a database connection broke'));
  const db = openDb(pool);
  const jobs = openJobs(to, log);
  await migrate(db, jobs.install);

  const hashing = createHashing();
  const inspector = createInspector();
  const { dataDir, fileMode, dirMode } = config;
  const spool = createSpool({
    folder: join(dataDir, 'spool'),
    ...{ fileMode, dirMode, hashing, reserve: DISK_RESERVE },
  });
  await spool.prepare();
  const attachments = createAttachments({
    db,
    store: createDiskStore({ root: join(dataDir, 'storage'), fileMode, dirMode }),
    spool,
    inspector,
    limits: { ...limitsOf(config), ...STAGED_LIMITS, maxDescriptionLength: MAX_DESCRIPTION_LENGTH },
    unscanned: 'skipped',
    log,
  });

  const accounts = await createAccounts({ db, config, log });
  const access = createAccess({ db });
  const claim: Parameters<typeof createTickets>[0]['claim'] = async (trx, asked) => {
    for (const { id } of await attachments.claim(trx, asked)) {
      await jobs.send(trx, 'rehome', { attachmentId: id });
    }
  };
  const services: Services = {
    ...{ config, db, accounts, access, attachments, silenceSeconds: SILENCE_SECONDS },
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

  return {
    services,
    /** Begins the background work: jobs, and the sweep by the clock. */
    async work(): Promise<void> {
      await jobs.start();
      await jobs.work('rehome', async ({ attachmentId }) => void (await attachments.rehome(attachmentId)));
      await jobs.schedule('sweep', '* * * * *', async () => {
        await attachments.sweep();
        await accounts.sessions.sweep();
      });
    },
    /** Ends what was begun, the database's connections last. */
    async close(): Promise<void> {
      await jobs.stop();
      attachments.close();
      await Promise.all([inspector.close(), hashing.close()]);
      await db.destroy();
    },
  };
}

function limitsOf(config: Config) {
  const { maxFileSize, maxFilesPerTicket, maxTotalSizePerTicket } = config;
  const { uploadsPerMinute, concurrentUploads, allow7z } = config;
  return {
    ...{ maxFileSize, maxFilesPerTicket, maxTotalSizePerTicket },
    ...{ uploadsPerMinute, concurrentUploads, allow7z },
  };
}
