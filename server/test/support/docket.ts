import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ConnectTo } from '../../src/db/open.ts';

export const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
export const LAUNCHER = fileURLToPath(new URL('../../bin/docket.mjs', import.meta.url));

// Most of a short command's time goes into reading its source.
const NODE_COMPILE_CACHE = join(tmpdir(), `docket-test-sources-${process.getuid?.()}`);

export type Environment = Record<string, string>;

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** A command line of Docket as a process of its own, in an environment of nothing but `env`. */
export interface Running {
  child: ChildProcess;
  stdout(): string;
  stderr(): string;
  ended: Promise<Ended>;
}

export function startDocket(args: string[], env: Environment, { node = [MAIN], input = '' } = {}): Running {
  const child = spawn(process.execPath, [...node, ...args], {
    env: { PATH: process.env.PATH ?? '', NODE_COMPILE_CACHE, DOCKET_LOG_LEVEL: 'warn', ...env },
    cwd: env.DOCKET_DATA_DIR ?? '/',
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  child.stdin.on('error', () => {}); // it may end without reading
  child.stdin.end(input);
  const ended = once(child, 'close').then(([code]) => ({ code, stdout, stderr }));
  return { child, stdout: () => stdout, stderr: () => stderr, ended };
}

/** Runs a command to its end. */
export function docket(args: string[], env: Environment, input?: string): Promise<Ended> {
  return startDocket(args, env, { ...(input !== undefined && { input }) }).ended;
}

/** Starts a server on a free port; resolves when it says that it is ready. */
export async function serve(
  env: Environment,
  node = [LAUNCHER],
  options: string[] = [],
): Promise<Running & { url: string }> {
  const server = startDocket(['serve', ...options], { PORT: '0', ...env }, { node });
  const url = await new Promise<string>((resolve, reject) => {
    server.child.stdout?.on('data', () => {
      const said = /^Docket is ready: (http\S+)\n/m.exec(server.stdout());
      if (said?.[1]) resolve(said[1]);
    });
    void server.ended.then(({ code, stderr }) => reject(new Error(`it ended with ${code}: ${stderr}`)));
  });
  return { ...server, url };
}

/** The address of a database, as DATABASE_URL has it. */
export function urlOf(to: ConnectTo): string {
  if (typeof to === 'string') return to;
  const { host, port, database, user } = to;
  return `postgres://${user}@localhost:${port}/${database}?host=${encodeURIComponent(host)}`;
}
