import { mkdir, readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { findBinaries } from './embedded/binaries.ts';
import { ensureCluster } from './embedded/cluster.ts';
import {
  type Connection,
  docketOn,
  ensureDatabase,
  superuserOn,
  untilAnswered,
} from './embedded/connection.ts';
import { clearLeftovers } from './embedded/leftovers.ts';
import { AlreadyRunning, holdFolder } from './embedded/lock.ts';
import { ServerLog } from './embedded/log.ts';
import { type Postmaster, startPostmaster } from './embedded/postmaster.ts';
import { findRunner, handOver } from './embedded/runner.ts';
import { settingsFor } from './embedded/settings.ts';
import { makeSocketFolder } from './embedded/socket.ts';

export { AlreadyRunning, type Connection };

export interface EmbeddedOptions {
  /** Docket's data folder, absolute; `postgres/` in it is PostgreSQL's. */
  dataDir: string;
  /** A folder that holds other `postgres` and `initdb` programs. */
  binaries?: string;
  /** More PostgreSQL settings, over ours. */
  settings?: Record<string, string>;
  log?: (line: string) => void;
  /** Hears, once, that PostgreSQL ended although nobody stopped it. */
  onExit?: (error: Error) => void;
}

export interface Embedded {
  connection: Connection;
  /** Stops PostgreSQL (within half a minute), then lets go of the data folder. */
  stop(): Promise<void>;
}

const START_PATIENCE = 120_000; // ms: recovery after a crash reads the log since the last checkpoint

/**
 * Starts the embedded PostgreSQL of a data folder, under the folder's lock: creates it at first, recovers it
 * after a crash, and resolves once it answers. It ends with this process, however that ends.
 * Throws AlreadyRunning when another Docket owns the folder, else an Error that says what to do.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  await mkdir(options.dataDir, { recursive: true });
  const dataDir = await realpath(options.dataDir);
  const letGo = await holdFolder(dataDir);
  try {
    return await startHeld(dataDir, options, letGo);
  } catch (error) {
    letGo();
    throw error;
  }
}

async function startHeld(dataDir: string, options: EmbeddedOptions, letGo: () => void): Promise<Embedded> {
  const { settings = {}, log = () => {}, onExit = () => {} } = options;
  const home = join(dataDir, 'postgres');
  const runner = await findRunner(home);
  await mkdir(home, { recursive: true, mode: 0o700 });
  await handOver(runner, home);
  const socketFolder = await makeSocketFolder(home, runner);
  await clearLeftovers(join(home, 'data'), socketFolder, log);
  const binaries = await findBinaries(runner, home, options.binaries);
  const data = await ensureCluster(home, binaries, runner, settings.fsync !== 'off');

  const serverLog = new ServerLog(home);
  const args = ['-D', data, ...settingsFor(binaries.major, socketFolder, settings)];
  const server = startPostmaster(runner, binaries.postgres, args, home, serverLog.descriptor);
  try {
    await untilReady(server, socketFolder);
  } catch (error) {
    await server.stop();
    throw new Error(`PostgreSQL did not start: ${message(error)} The end of its log:\n${serverLog.tail()}`, {
      cause: error,
    });
  }

  let stopped: Promise<void> | undefined;
  const stop = async () => {
    await server.stop();
    serverLog.close();
    letGo();
  };
  void server.ended.then((how) => {
    if (!stopped) onExit(new Error(`PostgreSQL ${how}. The end of its log:\n${serverLog.tail()}`));
  });
  return {
    connection: docketOn(socketFolder),
    stop() {
      stopped ??= stop();
      return stopped;
    },
  };
}

async function untilReady(server: Postmaster, socketFolder: string): Promise<void> {
  const deadline = Date.now() + START_PATIENCE;
  let ended: string | undefined;
  void server.ended.then((how) => {
    ended = how;
  });
  try {
    await untilAnswered(superuserOn(socketFolder), () => !ended && Date.now() < deadline);
  } catch (error) {
    throw ended ? new Error(`it ${ended}.`) : error;
  }
  await ensureDatabase(socketFolder);
}

/**
 * The connection to the server that runs on this data folder now, or undefined: for the command line beside
 * a running Docket. Throws when the folder belongs to another user.
 */
export async function findRunning(dataDir: string): Promise<Connection | undefined> {
  const home = join(dataDir, 'postgres');
  await findRunner(home);
  const host = await socketFolderOf(join(home, 'data', 'postmaster.pid'));
  if (host === undefined) return undefined;
  const connection = docketOn(host);
  try {
    await untilAnswered(connection, () => false);
    return connection;
  } catch {
    return undefined;
  }
}

/** PostgreSQL writes the folder of its socket into the fifth line of its pid file. */
async function socketFolderOf(pidFile: string): Promise<string | undefined> {
  try {
    return (await readFile(pidFile, 'utf8')).split('\n')[4];
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
