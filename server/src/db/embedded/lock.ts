import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';

/** Another Docket owns the data folder. `pid` is its process, where it could be read. */
export class AlreadyRunning extends Error {
  readonly pid: number | undefined;

  constructor(dataDir: string, pid: number | undefined) {
    const who = pid === undefined ? 'Another Docket' : `Another Docket (process ${pid})`;
    super(`${who} is running on ${dataDir}. Stop it first, or set DOCKET_DATA_DIR to another folder.`);
    this.name = 'AlreadyRunning';
    this.pid = pid;
  }
}

/**
 * Takes the data folder for this process and returns what gives it back.
 *
 * The lock is the kernel's lock on a file, held through SQLite because Node offers none of its own: it
 * ends with its process however that dies, so that there is no stale lock to judge, no recycled pid to
 * mistake and no race to take over. It holds between containers that share the folder too. The pid beside
 * it is for people to read and decides nothing.
 */
export async function holdFolder(dataDir: string): Promise<() => void> {
  const pidFile = join(dataDir, 'docket.pid');
  const lock = lockFile(join(dataDir, 'docket.lock'));
  if (!lock) throw new AlreadyRunning(dataDir, await ownerOf(pidFile));
  held.add(lock);
  writeFileSync(pidFile, `${process.pid}\n`);
  return () => {
    rmSync(pidFile, { force: true });
    held.delete(lock);
    lock.close();
  };
}

const held = new Set<DatabaseSync>(); // one that nobody holds would be closed by the garbage collector

const SQLITE_BUSY = 5;

/** Undefined when another holds it. */
function lockFile(path: string): DatabaseSync | undefined {
  let lock: DatabaseSync | undefined;
  try {
    lock = new DatabaseSync(path, { timeout: 0 });
    lock.exec('BEGIN EXCLUSIVE');
    chmodSync(path, 0o600); // whoever can open it can hold it
    return lock;
  } catch (error) {
    lock?.close();
    if (isBusy(error)) return undefined;
    throw new Error(`${path} cannot be locked (${error}). May user ${process.getuid?.()} write there?`, {
      cause: error,
    });
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY;
}

/** The owner writes its pid right after it took the lock: a moment's patience sees it. */
async function ownerOf(pidFile: string): Promise<number | undefined> {
  for (let attempt = 0; attempt < 10; attempt++) {
    const pid = readPid(pidFile);
    if (pid !== undefined && isAlive(pid)) return pid;
    await sleep(20);
  }
  return undefined;
}

function readPid(pidFile: string): number | undefined {
  try {
    return Number.parseInt(readFileSync(pidFile, 'utf8'), 10) || undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
