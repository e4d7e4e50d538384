import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compose, type Desk } from '../server/src/compose.ts';
import { parseConfig } from '../server/src/config.ts';
import { findRunning } from '../server/src/db/embedded.ts';
import { startServer } from '../server/test/crash/server-process.ts';
import type { Target } from './load.ts';

export interface Candidate {
  name: string;
  /** Where an upload goes; another person's ticket each turn. */
  upload(turn: number): Target;
  stop(): Promise<void>;
}

export interface DocketCandidate extends Candidate {
  desk: Desk;
  dataDir: string;
  url: string;
  headers: Record<string, string>;
}

/** A desk has many people: each of them sends a few files, to a ticket of their own. */
const PEOPLE = 64;

const SETTINGS = {
  DOCKET_UPLOADS_PER_MINUTE: '1000',
  DOCKET_CONCURRENT_UPLOADS: '100',
  DOCKET_MAX_FILES_PER_TICKET: '1000000',
  DOCKET_MAX_TOTAL_SIZE_PER_TICKET: '1000GB',
};

/** `docket serve` as it comes, with everything on, and people who have tokens and tickets. */
export async function startDocket(
  parent: string,
  more: Record<string, string> = {},
): Promise<DocketCandidate> {
  const dataDir = await mkdtemp(join(parent, 'docket-'));
  const server = await startServer(dataDir, { ...SETTINGS, ...more });
  const connection = await findRunning(dataDir);
  if (!connection) throw new Error('Docket runs without its database');
  const silent = { info() {}, warn: console.error, error: console.error };
  const desk = await compose(parseConfig({ DOCKET_DATA_DIR: dataDir }), connection, silent);
  const targets: Target[] = [];
  for (let n = 0; n < PEOPLE; n++) targets.push(await person(desk, server.url, n));
  const first = targets[0];
  if (!first) throw new Error('nobody there');
  return {
    name: 'Docket',
    ...{ desk, dataDir, url: server.url, headers: first.headers },
    upload: (turn) => targets[turn % PEOPLE] ?? first,
    async stop() {
      await desk.close();
      await server.stop();
      await rm(dataDir, { recursive: true });
    },
  };
}

async function person({ services }: Desk, url: string, n: number): Promise<Target> {
  const { accounts, tickets } = services;
  const role = n === 0 ? 'agent' : 'customer';
  const { id, name } = await accounts.people.create({ name: `P${n}`, email: `p${n}@example.com`, role });
  const { token } = await accounts.tokens.create(id, 'bench');
  const ticket = await tickets.create({ id, name, role, address: null }, { subject: 'S', description: 'D' });
  return {
    url: `${url}/api/v1/tickets/${ticket.id}/attachments`,
    headers: { authorization: `Bearer ${token}` },
  };
}

export async function startBare(parent: string): Promise<Candidate & { url: string; folder: string }> {
  const folder = join(parent, 'bare');
  await mkdir(folder, { recursive: true });
  const script = fileURLToPath(new URL('./bare-server.ts', import.meta.url));
  const child = spawn(process.execPath, [script, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  const port = await new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString().trim()));
    child.once('exit', () => reject(new Error('the bare server did not start')));
  });
  const url = `http://127.0.0.1:${port}`;
  return {
    name: 'bare Fastify',
    ...{ url, folder },
    upload: () => ({ url: `${url}/upload`, headers: {} }),
    async stop() {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill();
      await ended;
      await rm(folder, { recursive: true });
    },
  };
}
