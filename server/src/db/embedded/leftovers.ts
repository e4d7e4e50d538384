import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type PostgresProcess, processesOn } from './processes.ts';
import { socketIn } from './socket.ts';

/**
 * Clears what a PostgreSQL without an owner left: stops the processes still working on the data folder, then
 * removes the pid file and the socket, which would make the next one refuse to start where their pids are
 * somebody else's by now. Call it under the folder's lock only. Throws when a server that cannot be stopped
 * from here is still running.
 */
export async function clearLeftovers(
  data: string,
  socketFolder: string,
  log: (line: string) => void,
): Promise<void> {
  if (!existsSync(data)) return;
  await stopAll(data, log);
  const socket = socketIn(socketFolder);
  if (await answers(socket)) throw new Error(`A PostgreSQL is still running on ${data}. Stop it first.`);
  for (const file of [join(data, 'postmaster.pid'), `${socket}.lock`, socket])
    await rm(file, { force: true });
}

/** Fast shutdown through the postmaster, then immediate, then by force: each with a time in ms to end in. */
const STEPS: [NodeJS.Signals, number][] = [
  ['SIGINT', 20_000],
  ['SIGQUIT', 6_000],
  ['SIGKILL', 2_000],
];

async function stopAll(data: string, log: (line: string) => void): Promise<void> {
  for (const [signal, patience] of STEPS) {
    const processes = await processesOn(data);
    if (processes.length === 0) return;
    const chosen = signal === 'SIGINT' ? withoutParents(processes) : processes;
    log(
      `Stopping a PostgreSQL that was left running: ${signal} to ${chosen.map(({ pid }) => pid).join(', ')}.`,
    );
    for (const { pid } of chosen) send(pid, signal);
    if (await goneWithin(patience, data)) return;
  }
  throw new Error(`The PostgreSQL processes on ${data} do not end. End them, or restart the machine.`);
}

/** The postmaster, or the processes that it left behind. */
function withoutParents(processes: PostgresProcess[]): PostgresProcess[] {
  const pids = new Set(processes.map(({ pid }) => pid));
  return processes.filter(({ parent }) => !pids.has(parent));
}

async function goneWithin(patience: number, data: string): Promise<boolean> {
  for (const deadline = Date.now() + patience; Date.now() < deadline; await sleep(20)) {
    if ((await processesOn(data)).length === 0) return true;
  }
  return false;
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/** Does anything still listen on this socket? (A server in another container is seen in no other way.) */
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
