import { statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Config } from '../config.ts';
import { AlreadyRunning, type Embedded, findRunning, startEmbedded } from '../db/embedded.ts';
import type { ConnectTo } from '../db/open.ts';
import { Complaint, EXIT } from './exit.ts';

/** A PostgreSQL that answers, for as long as this process needs it. */
export interface Database {
  to: ConnectTo;
  stop(): Promise<void>;
  /** Rejects when it ends although nobody stopped it. */
  lost: Promise<never>;
}

const OLDEST = 15;
const PATIENCE = 20_000; // ms: until another command has started its database, or ended it

/**
 * The database of a server: the one of DATABASE_URL, or else the embedded one, for this process alone.
 * Throws AlreadyRunning when another process has the data folder.
 */
export async function startDatabase(config: Config): Promise<Database> {
  requireOwner(config.dataDir);
  return config.databaseUrl ? given(config.databaseUrl) : embedded(config);
}

/**
 * The database for a command: the one of DATABASE_URL, or else that of the server that runs on the data
 * folder, or one of the command's own while none runs. Commands side by side share what the first started.
 */
export async function reachDatabase(config: Config): Promise<Database> {
  requireOwner(config.dataDir);
  if (config.databaseUrl) return given(config.databaseUrl);
  const giveUp = Date.now() + PATIENCE;
  for (;;) {
    const to = await running(config);
    if (to) return { to, stop: async () => {}, lost: never };
    try {
      const own = await embedded(config);
      return { ...own, stop: () => untilAlone(own.to).finally(own.stop) };
    } catch (error) {
      if (!(error instanceof AlreadyRunning) || Date.now() > giveUp) throw error;
      await sleep(100);
    }
  }
}

const never = new Promise<never>(() => {});

async function given(url: string): Promise<Database> {
  await requireAnswer(url);
  return { to: url, stop: async () => {}, lost: never };
}

async function embedded({ dataDir, postgresBin }: Config): Promise<Database> {
  const lost = Promise.withResolvers<never>();
  lost.promise.catch(() => {}); // whoever waits for it hears of it
  const server: Embedded = await explained(() =>
    startEmbedded({
      dataDir,
      ...(postgresBin && { binaries: postgresBin }),
      onExit: (error) => lost.reject(new Complaint(EXIT.failed, error.message)),
    }),
  );
  return { to: server.connection, stop: () => server.stop(), lost: lost.promise };
}

function running({ dataDir }: Config): Promise<ConnectTo | undefined> {
  return explained(() => findRunning(dataDir));
}

/** What the embedded PostgreSQL throws says what to do; nobody needs its stack. */
async function explained<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof AlreadyRunning || !(error instanceof Error)) throw error;
    throw new Complaint(EXIT.failed, error.message, { cause: error });
  }
}

/**
 * Files that one user makes another cannot move or remove, so whoever made the data folder's stays its user.
 * The folder itself may be a mount of anybody's; `spool/` is Docket's own work.
 */
function requireOwner(dataDir: string): void {
  const user = process.getuid?.();
  const folder = join(dataDir, 'spool');
  const owner = ownerOf(folder);
  if (user === undefined || owner === undefined || owner === user) return;
  throw new Complaint(
    EXIT.refused,
    `${folder} belongs to user ${owner} and this is user ${user}. Run Docket as user ${owner}, or set DOCKET_DATA_DIR to another folder.`,
  );
}

function ownerOf(folder: string): number | undefined {
  try {
    return statSync(folder, { throwIfNoEntry: false })?.uid;
  } catch {
    const user = process.getuid?.();
    throw new Complaint(EXIT.refused, `${folder} is not open to user ${user}. Run Docket as its owner.`);
  }
}

/** Throws unless a PostgreSQL that Docket can use answers at this address, which whoever gave it knows by `name`. */
export async function requireAnswer(url: string, name = 'DATABASE_URL'): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  client.on('error', () => {}); // the query says it too
  try {
    await client.connect();
    const { rows } = await client.query('SHOW server_version_num');
    const version = Math.floor(Number(rows[0]?.server_version_num) / 10_000);
    if (version < OLDEST) {
      throw new Complaint(
        EXIT.failed,
        `${name} leads to PostgreSQL ${version}; Docket needs ${OLDEST} or later.`,
      );
    }
  } catch (error) {
    if (error instanceof Complaint) throw error;
    throw new Complaint(
      EXIT.failed,
      `The database of ${name} does not answer: ${reasonOf(error)}. Check address, user and password.`,
      { cause: error },
    );
  } finally {
    await client.end().catch(() => {});
  }
}

/** A host with several addresses fails with several errors and no sentence. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return reasonOf(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
}

/** Waits, a minute at most, until no other command is at work on the database that is about to stop. */
async function untilAlone(to: ConnectTo): Promise<void> {
  const client = new pg.Client(typeof to === 'string' ? { connectionString: to } : to);
  client.on('error', () => {}); // the query says it too
  await client.connect();
  try {
    for (let tries = 0; tries < 600; tries += 1) {
      const { rowCount } = await client.query(
        "SELECT FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()",
      );
      if (!rowCount) return;
      await sleep(100);
    }
  } finally {
    await client.end();
  }
}
