import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { freePort } from '../support/free-port.ts';

const LAUNCHER = fileURLToPath(new URL('../../bin/docket.mjs', import.meta.url));

/** `docket serve` as an operator has it: a process group of its own, which can be killed whole. */
export interface ServerProcess {
  url: string;
  /** SIGKILL to the whole group, and with `postgres` to the database in the same instant. */
  kill(options: { postgres: boolean }): Promise<void>;
  /** SIGTERM, as an operator stops it. */
  stop(): Promise<void>;
}

export type Environment = Record<string, string>;

export async function startServer(dataDir: string, environment: Environment): Promise<ServerProcess> {
  const port = await freePort();
  const child = spawn(process.execPath, [LAUNCHER, 'serve'], {
    cwd: dataDir,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: environmentOf(dataDir, { ...environment, PORT: String(port) }),
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await untilReady(child);
  return {
    url: `http://127.0.0.1:${port}`,
    async kill({ postgres }) {
      const database = postgres ? postmaster(dataDir) : undefined;
      // The server first: one that outlives its database by a moment answers 500, and promises nothing by it.
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      if (database !== undefined) process.kill(database, 'SIGKILL');
      await exited;
    },
    async stop() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}

/** Runs a command of the operator's and resolves to what it printed. */
export async function docket(dataDir: string, environment: Environment, ...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [LAUNCHER, ...args], {
    cwd: dataDir,
    env: environmentOf(dataDir, environment),
  });
  return stdout.trim();
}

function environmentOf(dataDir: string, environment: Environment): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, DOCKET_DATA_DIR: dataDir, DOCKET_LOG_LEVEL: 'warn', ...environment };
}

function untilReady(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    const hear = (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes('Docket is ready')) resolve();
    };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
    child.once('exit', (code) => reject(new Error(`docket serve ended with ${code}:\n${said}`)));
  });
}

function postmaster(dataDir: string): number {
  const [pid] = readFileSync(join(dataDir, 'postgres', 'data', 'postmaster.pid'), 'utf8').split('\n');
  return Number(pid);
}
