import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type PostgresProcess, processesOn } from './processes.ts';
import { socketIn } from './socket.ts';

const PATIENCE = 20_000; // ms for a fast shutdown to write everything out

/**
 * Clears what a PostgreSQL without an owner left: stops the processes still working on the data folder, then
 * removes the pid file and socket that would make the next one refuse to start. Call it under the folder's
 * lock only. Throws when a server that cannot be seen from here still answers.
 */
export async function clearLeftovers(
  data: string,
  socketFolder: string,
  log: (line: string) => void,
): Promise<void> {
  const pidFile = join(data, 'postmaster.pid');
  if (!existsSync(pidFile)) return;
  await stopAll(data, log);
  const socket = socketIn(socketFolder);
  if (await answers(socket)) {
    throw new Error(
      `A PostgreSQL in another container or under another user is still running on ${data}. Stop it first.`,
    );
  }
  for (const file of [pidFile, `${socket}.lock`, socket]) await rm(file, { force: true });
}

async function stopAll(data: string, log: (line: string) => void): Promise<void> {
  const deadline = Date.now() + PATIENCE;
  let asked = false;
  for (;;) {
    const processes = await processesOn(data);
    if (processes.length === 0) return;
    if (!asked)
      log(`Stopping a PostgreSQL that was left running (process ${processes.map(({ pid }) => pid)}).`);
    if (!asked) askToEnd(processes);
    if (Date.now() > deadline) for (const { pid } of processes) send(pid, 'SIGKILL');
    asked = true;
    await sleep(50);
  }
}

/** A postmaster stops its children; children that lost theirs are told to quit. */
function askToEnd(processes: PostgresProcess[]): void {
  const pids = new Set(processes.map(({ pid }) => pid));
  const postmasters = processes.filter(({ parent }) => !pids.has(parent));
  const orphaned = postmasters.length > 1;
  for (const { pid } of postmasters) send(pid, orphaned ? 'SIGQUIT' : 'SIGINT');
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/** Does anything still listen on this socket? */
function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
