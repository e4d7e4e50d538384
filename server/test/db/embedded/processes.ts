import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { vi } from 'vitest';
import { processesOn } from '../../../src/db/embedded/processes.ts';

export interface Told {
  is: string;
  pid?: number;
  message?: string;
}

/** A process of its own, in a process group of its own, that owns the PostgreSQL of this data folder. */
export class Owner {
  readonly #child: ChildProcess;
  readonly #told: AsyncIterator<string>;

  constructor(dataDir: string) {
    const program = join(import.meta.dirname, 'owner.ts');
    this.#child = spawn(process.execPath, [program, dataDir], {
      detached: true,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    if (!this.#child.stdout) throw new Error('no output');
    this.#told = createInterface(this.#child.stdout)[Symbol.asyncIterator]();
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** What it says next; `nothing` once it has ended. */
  async tells(): Promise<Told> {
    const { value } = await this.#told.next();
    return value ? JSON.parse(value) : { is: 'nothing' };
  }

  async stop(): Promise<void> {
    this.#child.kill('SIGTERM');
    while ((await this.tells()).is !== 'nothing');
  }
}

/** The processes whose parent this is. */
export function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && parentOf(pid) === parent);
}

function parentOf(pid: number): number | undefined {
  try {
    const line = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(line.slice(line.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined;
  }
}

export async function postgresPids(dataDir: string): Promise<number[]> {
  return (await processesOn(join(dataDir, 'postgres', 'data'))).map(({ pid }) => pid);
}

/** Waits until no PostgreSQL works on the data folder; resolves to the milliseconds that took. */
export async function untilNoPostgres(dataDir: string): Promise<number> {
  const start = performance.now();
  await vi.waitUntil(async () => (await postgresPids(dataDir)).length === 0, {
    timeout: 10_000,
    interval: 5,
  });
  return performance.now() - start;
}

export function kill(pids: number[]): void {
  for (const pid of pids) process.kill(pid, 'SIGKILL');
}
