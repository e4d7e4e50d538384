import {
  chmod,
  chown,
  mkdir,
  mkdtemp,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { AlreadyRunning, type Connection, findRunning, startEmbedded } from '../../src/db/embedded.ts';
import { kill, Owner, postgresPids } from './embedded/processes.ts';

vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 }); // a first start on a busy machine

const asRoot = process.getuid?.() === 0;
const quick = { fsync: 'off' };
let scratch: string;
let dataDir: string; // started before, stopped now

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'docket-embedded-'));
  dataDir = join(scratch, 'data');
  await (await startEmbedded({ dataDir, settings: quick })).stop();
});
afterAll(() => rm(scratch, { recursive: true }));

/** Does something with the data folder at another place. */
async function movedTo(place: string, work: () => Promise<void>): Promise<void> {
  await mkdir(dirname(place), { recursive: true });
  await rename(dataDir, place);
  await work().finally(() => rename(place, dataDir));
}

async function ask(connection: Connection, question: string): Promise<unknown> {
  const client = new pg.Client(connection);
  await client.connect();
  const { rows } = await client.query({ text: question, rowMode: 'array' });
  await client.end();
  return rows[0]?.[0];
}

it('starts from nothing, in UTF-8, on a socket only, and finds its data again', async () => {
  const fresh = join(scratch, 'fresh');
  const first = await startEmbedded({ dataDir: fresh });
  await ask(first.connection, "CREATE TABLE kept AS SELECT 'Grüße' AS word");
  expect(await ask(first.connection, 'SHOW server_encoding')).toBe('UTF8');
  expect(await ask(first.connection, 'SHOW listen_addresses')).toBe('');
  expect(await ask(first.connection, "SELECT upper('ü')")).toBe('Ü');
  expect(await ask(first.connection, 'SHOW is_superuser')).toBe('off');
  expect((await stat(first.connection.host)).mode & 0o077).toBe(0);
  await first.stop();

  const began = performance.now();
  const second = await startEmbedded({ dataDir: fresh });
  expect(performance.now() - began).toBeLessThan(2_000);
  expect(await ask(second.connection, 'SELECT word FROM kept')).toBe('Grüße');
  expect(await ask(second.connection, 'SHOW fsync')).toBe('on');
  await second.stop();
  expect(await postgresPids(fresh)).toEqual([]);
});

it('refuses a second start on the same folder with the pid of the first, also in the same process', async () => {
  const owner = new Owner(dataDir);
  expect(await owner.tells()).toEqual({ is: 'started' });
  const refusal = await startEmbedded({ dataDir }).catch((error) => error);
  expect(refusal).toBeInstanceOf(AlreadyRunning);
  expect(refusal.pid).toBe(owner.pid);
  expect(refusal.message).toContain(`process ${owner.pid}`);
  await owner.stop();

  const here = await startEmbedded({ dataDir });
  await expect(startEmbedded({ dataDir })).rejects.toMatchObject({ pid: process.pid });
  await here.stop();
});

it('lets exactly one of several first starts win', async () => {
  const fresh = join(scratch, 'contested');
  const owners = Array.from({ length: 4 }, () => new Owner(fresh));
  const told = await Promise.all(owners.map((owner) => owner.tells()));
  const winner = owners[told.findIndex(({ is }) => is === 'started')];
  expect(told.map(({ is }) => is).sort()).toEqual(['refused', 'refused', 'refused', 'started']);
  for (const { is, pid } of told) if (is === 'refused') expect(pid).toBe(winner?.pid);
  await winner?.stop();
});

it('is found from another process while it runs, and only then', async () => {
  expect(await findRunning(join(scratch, 'nowhere'))).toBeUndefined();
  expect(await findRunning(dataDir)).toBeUndefined();
  const owner = new Owner(dataDir);
  await owner.tells();
  const connection = await findRunning(dataDir);
  expect(connection && (await ask(connection, 'SELECT current_user'))).toBe('docket');
  await owner.stop();
  expect(await findRunning(dataDir)).toBeUndefined();
});

it('tells its owner when PostgreSQL ends on its own, and stops cleanly after that', async () => {
  const { promise, resolve } = Promise.withResolvers<Error>();
  const { stop } = await startEmbedded({ dataDir, settings: quick, onExit: resolve });
  kill(await postgresPids(dataDir));
  expect((await promise).message).toMatch(/PostgreSQL was ended by SIGKILL/);
  await expect(startEmbedded({ dataDir })).rejects.toBeInstanceOf(AlreadyRunning);
  await stop();
  await (await startEmbedded({ dataDir, settings: quick })).stop();
});

it('says why it does not start, and lets go of the folder', async () => {
  const broken = { ...quick, shared_buffers: 'many' };
  await expect(startEmbedded({ dataDir, settings: broken })).rejects.toThrow(/shared_buffers.*"many"/);
  await (await startEmbedded({ dataDir, settings: quick })).stop();
});

it('refuses data of another major version, saying so', async () => {
  const version = join(dataDir, 'postgres', 'data', 'PG_VERSION');
  await writeFile(version, '15\n');
  await expect(startEmbedded({ dataDir })).rejects.toThrow(/PostgreSQL 15 .* version 18/);
  await writeFile(version, '18\n');
});

it('starts over pid files whose pids belong to other live processes now', async () => {
  const home = join(dataDir, 'postgres');
  const stale = `${process.ppid}\n${join(home, 'data')}\n1\n5432\n${home}\n\n  1 1\nready   \n`;
  for (const file of ['data/postmaster.pid', '.s.PGSQL.5432.lock', '.s.PGSQL.5432']) {
    await writeFile(join(home, file), stale);
  }
  await writeFile(join(dataDir, 'docket.pid'), `${process.ppid}\n`);
  expect(await findRunning(dataDir)).toBeUndefined();
  const { connection, stop } = await startEmbedded({ dataDir, settings: quick });
  expect(await ask(connection, 'SELECT 1')).toBe(1);
  await stop();
});

it('starts below a path with spaces, commas, quotes and letters of any script', async () => {
  const odd = join(scratch, `a, "b" 'c' ü 日本`);
  await movedTo(odd, async () => {
    const { connection, stop } = await startEmbedded({ dataDir: odd, settings: quick });
    expect(connection.host).toBe(join(odd, 'postgres'));
    await stop();
  });
});

it('puts its socket into a private short folder when the path is too long for one', async () => {
  const long = join(scratch, 'x'.repeat(120));
  await movedTo(long, async () => {
    const { connection, stop } = await startEmbedded({ dataDir: long, settings: quick });
    expect(await findRunning(long)).toEqual(connection);
    expect((await stat(connection.host)).mode & 0o777).toBe(0o700);
    await stop();

    await chmod(connection.host, 0o755);
    await expect(startEmbedded({ dataDir: long })).rejects.toThrow(/not a private folder/);
    await rm(connection.host, { recursive: true });
    await symlink(scratch, connection.host);
    await expect(startEmbedded({ dataDir: long })).rejects.toThrow(/not a private folder/);
    await rm(connection.host);
  });
});

describe.runIf(asRoot)('as root', () => {
  async function folderOf(user: number): Promise<string> {
    const folder = join(scratch, `of-${user}`);
    await mkdir(join(folder, 'postgres'), { recursive: true });
    await chown(join(folder, 'postgres'), user, user);
    return folder;
  }

  it('runs in a folder that only root can enter', async () => {
    const closed = join(scratch, 'closed', 'data');
    await movedTo(closed, async () => {
      await chmod(dirname(closed), 0o700);
      const { stop } = await startEmbedded({ dataDir: closed, settings: quick });
      await stop();
    });
  });

  it('runs as an account without rights in a folder of that account', async () => {
    const nobody = 65_534;
    const theirs = await folderOf(nobody);
    await chmod(scratch, 0o755);
    const { connection, stop } = await startEmbedded({ dataDir: theirs, settings: quick });
    const [pid] = await postgresPids(theirs);
    expect(await readFile(`/proc/${pid}/status`, 'utf8')).toMatch(new RegExp(`^Uid:\\s${nobody}\\s`, 'm'));
    expect(await findRunning(theirs)).toEqual(connection);
    await stop();
  });

  it('refuses, running or not, a folder of anybody else', async () => {
    const theirs = await folderOf(4_321);
    await expect(startEmbedded({ dataDir: theirs })).rejects.toThrow(/belongs to user 4321/);
    await expect(findRunning(theirs)).rejects.toThrow(/belongs to user 4321/);
  });
});
