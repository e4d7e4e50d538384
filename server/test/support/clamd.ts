import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClamav } from '../../src/attachments/index.ts';
import { limitsFor } from '../../src/attachments/scan/probe.ts';
import { EICAR } from './eicar.ts';

const CLAMD = '/usr/sbin/clamd';
const isThere = existsSync(CLAMD);
if (!isThere) console.warn('NOT TESTED: a real clamd. This needs ClamAV (clamav-daemon on Debian).');

/** For what needs the real one: in CI it must be there. */
export const withClamd = isThere || Boolean(process.env.CI);

/** As docs/operating.md says, for files of 50 MB. */
export const LIMITS = limitsFor(50 * 1024 * 1024);

export interface Clamd {
  socket: string;
  pid: number;
  /** Ends it by SIGKILL, or as told. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** The same again, on the same socket. */
  start(): Promise<void>;
  /** Gives it other signatures (lines of an .ndb file, beside the EICAR one), and has it read them. */
  learn(...signatures: string[]): Promise<void>;
  close(): Promise<void>;
}

/** Debian's clamd, in a folder of its own, that knows one signature: the EICAR one. `limits` are lines of clamd.conf. */
export async function startClamd(limits = LIMITS): Promise<Clamd> {
  const folder = await mkdtemp(join(tmpdir(), 'docket-clamd-'));
  const socket = join(folder, 'clamd.sock');
  const database = join(folder, 'db');
  await mkdir(database);
  const signatures = (lines: string[]) =>
    writeFile(
      join(database, 'test.ndb'),
      [`Docket.Test.Eicar:0:*:${EICAR.toString('hex')}`, ...lines, ''].join('\n'),
    );
  await signatures([]);
  await writeFile(join(folder, 'clamd.conf'), configuration(folder, socket, limits));

  let clamd: ChildProcess | undefined;
  async function start(): Promise<void> {
    clamd = spawn(CLAMD, ['--config-file', join(folder, 'clamd.conf')], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    await answering(socket);
  }
  async function kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    if (!clamd || clamd.exitCode !== null || clamd.signalCode !== null) return;
    const ended = once(clamd, 'exit');
    clamd.kill(signal);
    await ended;
  }
  await start();
  return {
    socket,
    get pid() {
      return clamd?.pid ?? 0;
    },
    kill,
    start,
    async learn(...lines) {
      await signatures(lines);
      clamd?.kill('SIGUSR2');
    },
    async close() {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Reading its signatures takes it a moment. Not by the tests' own means: `npm run bench` starts one, too. */
async function answering(socket: string): Promise<void> {
  const until = Date.now() + 20_000;
  for (;;) {
    try {
      await createClamav({ path: socket }).engine();
      return;
    } catch (error) {
      if (Date.now() > until) throw error;
      await sleep(50);
    }
  }
}

function configuration(folder: string, socket: string, limits: string[]): string {
  const lines = [
    `DatabaseDirectory ${join(folder, 'db')}`,
    `LocalSocket ${socket}`,
    `TemporaryDirectory ${folder}`,
    ...['Foreground yes', 'MaxThreads 6', 'MaxScanTime 10000', 'CommandReadTimeout 10', 'SelfCheck 600'],
    ...limits,
  ];
  return `${lines.join('\n')}\n`;
}
