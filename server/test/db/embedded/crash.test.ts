import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { startEmbedded } from '../../../src/db/embedded.ts';
import { childrenOf, kill, Owner, postgresPids, untilNoPostgres } from './processes.ts';

vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 }); // a first start on a busy machine

let scratch: string;
let dataDir: string;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'docket-crash-'));
  dataDir = join(scratch, 'data');
  await (await startEmbedded({ dataDir })).stop();
});
afterAll(() => rm(scratch, { recursive: true, maxRetries: 5 }));

async function startOwner(): Promise<Owner> {
  const owner = new Owner(dataDir);
  expect(await owner.tells()).toEqual({ is: 'started' });
  return owner;
}

it('ends within a second of the SIGKILL of its owner, and starts again', async () => {
  const owner = await startOwner();
  kill([owner.pid]);
  expect(await untilNoPostgres(dataDir)).toBeLessThan(1_000);
  await (await startOwner()).stop();
});

it('starts again at once while the PostgreSQL of a killed owner is still stopping', async () => {
  const owner = await startOwner();
  kill([owner.pid]);
  await (await startOwner()).stop();
});

it('starts again after the SIGKILL of owner, watcher and every PostgreSQL process', async () => {
  const owner = await startOwner();
  kill([...childrenOf(owner.pid), ...(await postgresPids(dataDir)).slice(1), owner.pid]);
  await (await startOwner()).stop();
});

it('starts again when owner and watcher were killed and PostgreSQL was left running', async () => {
  const owner = await startOwner();
  const left = await postgresPids(dataDir);
  kill([...childrenOf(owner.pid).filter((pid) => !left.includes(pid)), owner.pid]);
  await sleep(300);
  expect(await postgresPids(dataDir)).toEqual(left);
  await (await startOwner()).stop();
});

it('starts again when only the postmaster was killed and its children are still there', async () => {
  const owner = await startOwner();
  const [postmaster = 0, ...others] = await postgresPids(dataDir);
  for (const pid of others) process.kill(pid, 'SIGSTOP');
  kill([...childrenOf(owner.pid).filter((pid) => pid !== postmaster), owner.pid, postmaster]);
  setTimeout(() => others.forEach((pid) => void process.kill(pid, 'SIGCONT')), 300);
  await (await startOwner()).stop();
});

it('outlives a signal to the whole process group, and ends with its owner', async () => {
  const owner = await startOwner();
  process.kill(-owner.pid, 'SIGINT');
  expect(await owner.tells()).toEqual({ is: 'answered after the signal' });
  expect(await owner.tells()).toEqual({ is: 'nothing' });
  expect(await untilNoPostgres(dataDir)).toBeLessThan(1_000);
});

it('starts after a kill in the middle of its first start', async () => {
  const fresh = join(scratch, 'fresh');
  const owner = new Owner(fresh);
  const home = join(fresh, 'postgres');
  const inHome = () => readdir(home).catch((): string[] => []);
  await vi.waitUntil(async () => (await inHome()).some((name) => name.startsWith('data-')), 10_000);
  await sleep(200);
  kill([owner.pid]);
  expect(await readdir(home)).not.toContain('data');
  const next = new Owner(fresh);
  expect(await next.tells()).toEqual({ is: 'started' });
  await next.stop();
});
