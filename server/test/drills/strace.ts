import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** One system call: where in the order of all it began and where it ended. */
export interface SystemCall {
  pid: number;
  name: string;
  /** Its arguments as strace(1) prints them, descriptors with what they are open on. */
  args: string;
  began: number;
  /** Infinity: not while we looked. */
  ended: number;
}

/** Whether strace is here and may look at processes that run already. */
export function mayTrace(): boolean {
  const sleeper = spawn('sleep', ['5'], { stdio: 'ignore' });
  try {
    // `timeout` lets go of the sleeper: strace ends by a signal where it could attach, else with 1.
    execFileSync('timeout', ['0.3', 'strace', '-o', '/dev/null', '-p', String(sleeper.pid)], {
      stdio: 'pipe',
    });
    return true;
  } catch (error) {
    return error instanceof Error && 'status' in error && error.status === 124;
  } finally {
    sleeper.kill();
  }
}

/**
 * Overhears these calls of processes, their threads, and what they start, while `work` is done. The order is that of
 * the calls' beginnings and ends: each stops its process until strace has written it down.
 */
export async function traced(
  pids: number[],
  calls: string[],
  output: string,
  work: () => Promise<void>,
): Promise<SystemCall[]> {
  const strace = spawn('strace', [
    ...['-f', '-yy', '-s', '8192', '-o', output, '-e', 'signal=none', '-e', `trace=${calls.join(',')}`],
    ...pids.flatMap((pid) => ['-p', String(pid)]),
  ]);
  strace.stderr.resume();
  const ended = once(strace, 'exit');
  try {
    await untilAttached(pids);
    await work();
    // What was answered was written; strace may still be writing it down.
    await sleep(200);
  } finally {
    strace.kill('SIGINT');
    await ended;
  }
  return parseTrace(await readFile(output, 'utf8'));
}

async function untilAttached(pids: number[], patience = 10_000): Promise<void> {
  const giveUp = Date.now() + patience;
  for (const pid of pids) {
    while (!(await isAttached(pid))) {
      if (Date.now() > giveUp) throw new Error(`strace did not attach to ${pid}`);
      await sleep(20);
    }
  }
}

async function isAttached(pid: number): Promise<boolean> {
  const threads = await readdir(`/proc/${pid}/task`);
  const statuses = await Promise.all(
    threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/status`, 'utf8')),
  );
  return statuses.every((status) => !/^TracerPid:\t0$/m.test(status));
}

const WHOLE = /^(\d+) +(\w+)\((.*)\) += (.*)$/;
const BEGUN = /^(\d+) +(\w+)\((.*) <unfinished \.\.\.>$/;
const RESUMED = /^(\d+) +<\.\.\. (\w+) resumed>(.*)$/;

/** A call that others interrupt stands on two lines: where it began, and where it was resumed and ended. */
export function parseTrace(text: string): SystemCall[] {
  const calls: SystemCall[] = [];
  const open = new Map<number, SystemCall>();
  for (const [at, line] of text.split('\n').entries()) {
    const whole = WHOLE.exec(line);
    const begun = BEGUN.exec(line);
    const resumed = RESUMED.exec(line);
    if (resumed) {
      const call = open.get(Number(resumed[1]));
      if (!call) continue;
      call.args += resumed[3];
      call.ended = at;
      open.delete(call.pid);
    } else if (begun || whole) {
      const [, pid, name = '', args = ''] = begun ?? whole ?? [];
      const call = { pid: Number(pid), name, args, began: at, ended: begun ? Infinity : at };
      calls.push(call);
      if (begun) open.set(call.pid, call);
    }
  }
  return calls;
}
