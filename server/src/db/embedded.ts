import { chmod, mkdir, readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { findBinaries } from './embedded/binaries.ts';
import { ensureCluster } from './embedded/cluster.ts';
import {
  type Connection,
  docketOn,
  ensureDatabase,
  isNotYet,
  superuserOn,
  untilAnswered,
} from './embedded/connection.ts';
import { clearLeftovers } from './embedded/leftovers.ts';
import { AlreadyRunning, holdFolder } from './embedded/lock.ts';
import { ServerLog } from './embedded/log.ts';
import { markMoved, requireNotMoved } from './embedded/moved.ts';
import { type Postmaster, startPostmaster } from './embedded/postmaster.ts';
import { findRunner, handOver, type Runner } from './embedded/runner.ts';
import { settingsFor } from './embedded/settings.ts';
import { checkPrivate, makeSocketFolder } from './embedded/socket.ts';

export { AlreadyRunning, type Connection, markMoved };

export interface EmbeddedOptions {
  /** Docket's data folder, absolute; `postgres/` in it is PostgreSQL's. */
  dataDir: string;
  /** A folder that holds other `postgres` and `initdb` programs. */
  binaries?: string;
  /** More PostgreSQL settings, over ours. */
  settings?: Record<string, string>;
  log?: (line: string) => void;
  /** Hears, once, that PostgreSQL ended although nobody stopped it. `stop()` is still to be called. */
  onExit?: (error: Error) => void;
}

export interface Embedded {
  connection: Connection;
  /** Stops PostgreSQL (within half a minute), then lets go of the data folder. */
  stop(): Promise<void>;
}

const START_PATIENCE = 120_000; // ms: recovery after a crash reads the log since the last checkpoint
const RUNNING_PATIENCE = 10_000; // ms

/**
 * Starts the embedded PostgreSQL of a data folder, under the folder's lock: creates it at first, recovers it
 * after a crash, and resolves once it answers. It ends with this process, however that ends.
 * Throws AlreadyRunning when another Docket owns the folder, else an Error that says what to do.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  await mkdir(options.dataDir, { recursive: true });
  const dataDir = await realpath(options.dataDir);
  const home = join(dataDir, 'postgres');
  const runner = await findRunner(home);
  const letGo = await holdFolder(dataDir);
  try {
    return await startHeld(home, runner, options, letGo);
  } catch (error) {
    letGo();
    throw error;
  }
}

async function startHeld(
  home: string,
  runner: Runner,
  options: EmbeddedOptions,
  letGo: () => void,
): Promise<Embedded> {
  const { settings = {}, log = () => {}, onExit = () => {} } = options;
  await requireNotMoved(home);
  await mkdir(home, { recursive: true, mode: 0o700 });
  await chmod(home, 0o700);
  await handOver(runner, home);
  const socketFolder = await makeSocketFolder(home, runner);
  await clearLeftovers(join(home, 'data'), socketFolder, log);
  const binaries = await findBinaries(runner, home, options.binaries);
  const data = await ensureCluster(home, binaries, runner, settings.fsync !== 'off');

  const serverLog = new ServerLog(home);
  const args = ['-D', data, ...settingsFor(binaries.major, socketFolder, settings)];
  const server = startPostmaster(runner, binaries.postgres, args, home, serverLog.descriptor);
  await untilReady(server, socketFolder).catch(async (error) => {
    await server.stop();
    const reason = `PostgreSQL did not start: ${error.message}\n${serverLog.tail()}`;
    serverLog.close();
    throw new Error(reason, { cause: error });
  });

  let stopped: Promise<void> | undefined;
  void server.ended.then((how) => {
    if (!stopped) onExit(new Error(`PostgreSQL ${how}.\n${serverLog.tail()}`));
  });
  const stop = async () => {
    await server.stop();
    serverLog.close();
    letGo();
  };
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
  await untilAnswered(superuserOn(socketFolder), () => !ended && Date.now() < deadline).catch((error) => {
    throw ended ? new Error(`it ${ended}.`) : error;
  });
  await ensureDatabase(socketFolder);
}

/**
 * The connection to the server that runs on this data folder now, or undefined: for the command line beside
 * a running Docket. Waits a moment for one that is starting. Throws when the folder is another user's.
 */
export async function findRunning(dataDir: string): Promise<Connection | undefined> {
  const home = join(dataDir, 'postgres');
  const runner = await findRunner(home);
  const host = await socketFolderOf(join(home, 'data', 'postmaster.pid'));
  if (!host) return undefined;
  const deadline = Date.now() + RUNNING_PATIENCE;
  try {
    await checkPrivate(host, runner.ids?.uid);
    await untilAnswered(docketOn(host), (error) => isNotYet(error) && Date.now() < deadline);
    return docketOn(host);
  } catch {
    return undefined; // a pid file that nobody stands behind
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
