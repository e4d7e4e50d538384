import { chmod, chown, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AlreadyRunning, type Connection, findRunning, startEmbedded } from '../../src/db/embedded.ts';
import { kill, Owner, postgresPids } from './embedded/processes.ts';

const asRoot = process.getuid?.() === 0;
const quick = { fsync: 'off' };
let scratch: string;
let dataDir: string;

beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'docket-embedded-'));
  dataDir = join(scratch, 'data');
});
afterEach(() => rm(scratch, { recursive: true }));

async function ask(connection: Connection, question: string): Promise<unknown> {
  const client = new pg.Client(connection);
  await client.connect();
  const { rows } = await client.query({ text: question, rowMode: 'array' });
  await client.end();
  return rows[0]?.[0];
}

it('starts from nothing, in UTF-8, on a socket only, and finds its data again', async () => {
  const first = await startEmbedded({ dataDir, settings: quick });
  await ask(first.connection, "CREATE TABLE kept AS SELECT 'Grüße' AS word");
  expect(await ask(first.connection, 'SHOW server_encoding')).toBe('UTF8');
  expect(await ask(first.connection, 'SHOW listen_addresses')).toBe('');
  expect(await ask(first.connection, "SELECT upper('ü')")).toBe('Ü');
  expect(await ask(first.connection, 'SHOW is_superuser')).toBe('off');
  expect((await stat(first.connection.host)).mode & 0o077).toBe(0);
  await first.stop();

  const began = performance.now();
  const second = await startEmbedded({ dataDir });
  expect(performance.now() - began).toBeLessThan(2_000);
  expect(await ask(second.connection, 'SELECT word FROM kept')).toBe('Grüße');
  expect(await ask(second.connection, 'SHOW fsync')).toBe('on');
  await second.stop();
  expect(await postgresPids(dataDir)).toEqual([]);
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
  const owners = Array.from({ length: 4 }, () => new Owner(dataDir));
  const told = await Promise.all(owners.map((owner) => owner.tells()));
  const winner = owners[told.findIndex(({ is }) => is === 'started')];
  expect(told.map(({ is }) => is).sort()).toEqual(['refused', 'refused', 'refused', 'started']);
  for (const { is, pid } of told) if (is === 'refused') expect(pid).toBe(winner?.pid);
  await winner?.stop();
});

it('is found from another process while it runs, and only then', async () => {
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
  await (await startEmbedded({ dataDir, settings: quick })).stop();
  await writeFile(join(dataDir, 'postgres', 'data', 'PG_VERSION'), '15\n');
  await expect(startEmbedded({ dataDir })).rejects.toThrow(/PostgreSQL 15 .* version 18/);
});

it('starts over pid files whose pids belong to other live processes now', async () => {
  await (await startEmbedded({ dataDir, settings: quick })).stop();
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
  const { connection, stop } = await startEmbedded({ dataDir: odd, settings: quick });
  expect(connection.host).toBe(join(odd, 'postgres'));
  await stop();
});

it('puts its socket into a private short folder when the path is too long for one', async () => {
  const long = join(scratch, 'x'.repeat(120));
  const { connection, stop } = await startEmbedded({ dataDir: long, settings: quick });
  expect(await findRunning(long)).toEqual(connection);
  expect((await stat(connection.host)).mode & 0o777).toBe(0o700);
  await stop();

  await chmod(connection.host, 0o755);
  await expect(startEmbedded({ dataDir: long })).rejects.toThrow(/not a private folder/);
  await rm(connection.host, { recursive: true });
});

describe.runIf(asRoot)('as root', () => {
  it('runs in a folder that only root can enter', async () => {
    await chmod(scratch, 0o700);
    const { stop } = await startEmbedded({ dataDir, settings: quick });
    await stop();
  });

  it('runs as an account without rights in a folder of that account', async () => {
    const account = 65_534;
    await chmod(scratch, 0o755);
    await mkdir(join(dataDir, 'postgres'), { recursive: true });
    await chown(join(dataDir, 'postgres'), account, account);
    const { connection, stop } = await startEmbedded({ dataDir, settings: quick });
    const [pid] = await postgresPids(dataDir);
    expect(await readFile(`/proc/${pid}/status`, 'utf8')).toMatch(new RegExp(`^Uid:\\s${account}\\s`, 'm'));
    expect(await findRunning(dataDir)).toEqual(connection);
    await stop();
  });

  it('refuses, running or not, a folder of anybody else', async () => {
    await mkdir(join(dataDir, 'postgres'), { recursive: true });
    await chown(join(dataDir, 'postgres'), 4_321, 4_321);
    await expect(startEmbedded({ dataDir })).rejects.toThrow(/belongs to user 4321/);
    await expect(findRunning(dataDir)).rejects.toThrow(/belongs to user 4321/);
  });
});
