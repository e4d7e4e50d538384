import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openDb, openPool } from '../../src/db/open.ts';
import { Browser, PASSWORD } from '../support/browser.ts';
import { Client } from '../support/client.ts';
import { createEmptyDatabase, type TestDatabase } from '../support/database.ts';
import { filesBelow } from '../support/disorder.ts';
import { docket, type Environment, type Running, serve, startDocket, urlOf } from '../support/docket.ts';
import { sha256 } from '../support/full-desk.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const email = 'ann@example.org';
const folders: string[] = [];
let database: TestDatabase;
/** The embedded desk that everything begins with. */
let here: Environment;
let token: string;
let server: (Running & { url: string }) | undefined;

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'docket-backup-'));
  folders.push(folder);
  return folder;
}
async function start(env: Environment): Promise<Client> {
  server = await serve({ DOCKET_UPLOADS_PER_MINUTE: '10000', ...env });
  return new Client(server.url, token, '');
}
async function stop(): Promise<void> {
  server?.child.kill('SIGTERM');
  await server?.ended;
  server = undefined;
}
async function succeed(args: string[], env: Environment, input?: string): Promise<string> {
  const { code, stdout, stderr } = await docket(args, env, input);
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${stderr}`);
  return stdout.trim();
}

beforeAll(async () => {
  here = { DOCKET_DATA_DIR: await newFolder() };
  const ann = ['user', 'create', '--email', email, '--name', 'Ann', '--role', 'agent', '--password-stdin'];
  await succeed(ann, here, `${PASSWORD}\n`);
  token = await succeed(['token', 'create', '--email', email], here);
  database = await createEmptyDatabase();
});
afterAll(async () => {
  await stop();
  await database.drop();
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

/** Uploads and deletes until told to stop; resolves to what was acknowledged, with the file's hash. */
function storm(client: Client, ticketIds: string[]) {
  const ending = new AbortController();
  const alive = new Map<string, string>();
  const deleted = new Set<string>();
  async function weather(at: number): Promise<void> {
    for (let n = 0; !ending.signal.aborted; n += 1) {
      const bytes = Buffer.from(`${at} ${n} `.repeat(1 + ((n * 7_919) % 30_000)));
      const id = await client.attach(ticketIds[n % ticketIds.length] ?? '', { name: 'a.txt', bytes });
      alive.set(id, sha256(bytes));
      await sleep(30);
      if (n % 3 !== 2) continue;
      alive.delete(id);
      deleted.add(id);
      await client.send('DELETE', `/attachments/${id}`);
    }
  }
  const blowing = Promise.all([0, 1, 2].map(weather));
  return {
    alive,
    deleted,
    async end(): Promise<void> {
      ending.abort();
      await blowing;
    },
  };
}

test('from the embedded database in a storm, to a server, and back: every file that a row shows has its bytes', async () => {
  const calm = { DOCKET_MAX_FILES_PER_TICKET: '100000', DOCKET_MAX_TOTAL_SIZE_PER_TICKET: '1000GB' };
  const client = await start({ ...here, ...calm });
  const tickets = [await client.openTicket(), await client.openTicket()];
  const { alive, deleted, end } = storm(client, tickets);
  while (alive.size < 20) await sleep(20);
  const before = new Map(alive);
  const folder = join(await newFolder(), 'backup');
  const backedUp = JSON.parse(await succeed(['backup', folder, '--json'], here));
  await end();
  await stop();
  expect(backedUp).toMatchObject({ problems: 0, examples: [] });
  expect(backedUp.files).toBeGreaterThanOrEqual(20);

  const there = { DOCKET_DATA_DIR: await newFolder(), DATABASE_URL: urlOf(database.to) };
  const restored = JSON.parse(await succeed(['restore', folder, '--json'], there));
  expect(restored).toEqual({ ...restored, files: backedUp.files, damaged: [], lost: 0, rows: backedUp.rows });
  await expectWhole(there, before, deleted);

  const again = join(await newFolder(), 'backup');
  await succeed(['backup', again], there);
  const back = { DOCKET_DATA_DIR: await newFolder() };
  await succeed(['restore', again], back);
  await expectWhole(back, before, deleted);
});

/** Every file acknowledged before the backup and not deleted since, and whatever else a row shows. */
async function expectWhole(env: Environment, before: Map<string, string>, deleted: Set<string>) {
  const client = await start(env);
  expect((await new Browser(server?.url ?? '').signIn(email)).status).toBe(200);
  for (const [id, hash] of before) {
    if (deleted.has(id)) continue;
    const response = await client.get(`/attachments/${id}/download`);
    expect([response.status, sha256(await response.bytes())]).toEqual([200, hash]);
  }
  const { data } = (await (await client.get('/tickets')).json()) as { data: { id: string }[] };
  for (const { id: ticket } of data) {
    const list = (await (await client.get(`/tickets/${ticket}/attachments?limit=100`)).json()) as {
      data: { id: string; sha256: string }[];
    };
    for (const { id, sha256: hash } of list.data) {
      const response = await client.get(`/attachments/${id}/download`);
      expect([response.status, sha256(await response.bytes())]).toEqual([200, hash]);
    }
  }
  await stop();
}

test('a file that is missing makes the exit code 1 and is told, and all else is in the backup', async () => {
  const client = await start(here);
  const id = await client.attach(await client.openTicket(), { name: 'lost.txt', bytes: 'lost' });
  await stop();
  const stored = await filesBelow(join(here.DOCKET_DATA_DIR ?? '', 'storage'));
  const path = (await sizesOf(here, stored)).find(({ text }) => text === 'lost')?.path ?? '';
  await rm(path);
  const folder = join(await newFolder(), 'backup');
  const { code, stdout, stderr } = await docket(['backup', folder], here);
  expect(code).toBe(1);
  expect(stdout).toMatch(new RegExp(`^missing +attachment ${id} `, 'm'));
  expect(stderr).toBe('1 file is missing or damaged, and not in the backup; all else is.\n');
  expect(await readdir(folder)).toContain('manifest.json');
  await writeFile(path, 'lost');
});

async function sizesOf(env: Environment, keys: string[]) {
  const paths = keys.map((key) => join(env.DOCKET_DATA_DIR ?? '', 'storage', key));
  return Promise.all(
    paths.map(async (path) => ({ path, text: (await readFile(path)).subarray(0, 9).toString() })),
  );
}

test('a folder or database that will not do ends with 3 and one line', async () => {
  const folder = join(await newFolder(), 'backup');
  await succeed(['backup', folder], here);
  for (const args of [
    ['backup', folder],
    ['restore', folder],
    ['restore', join(folder, 'tables')],
  ]) {
    const { code, stdout, stderr } = await docket(args, here);
    expect([args[0], code, stdout]).toEqual([args[0], 3, '']);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  }
  const client = await start(here);
  expect(client).toBeDefined();
  expect(await docket(['restore', folder], here)).toMatchObject({
    code: 3,
    stderr: expect.stringMatching(/is running on/),
  });
  await stop();
});

test('restore that is killed at any moment leaves the database empty or whole; the next one ends it', async () => {
  const folder = join(await newFolder(), 'backup');
  await succeed(['backup', folder], here);
  const env = { DOCKET_DATA_DIR: await newFolder() };
  let refused = 0;
  for (let kill = 0; kill < 5 && refused === 0; kill += 1) {
    const { child, ended } = startDocket(['restore', folder], env);
    await sleep(800 + kill * 600);
    child.kill('SIGKILL');
    const { code, stderr } = await ended;
    if (code === 3 && stderr.includes('is not empty')) refused += 1;
  }
  const { code, stderr } = await docket(['restore', folder], env);
  expect([code, stderr]).toEqual(code === 0 ? [0, ''] : [3, expect.stringContaining('is not empty')]);
  const client = await start(env);
  expect((await new Browser(server?.url ?? '').signIn(email)).status).toBe(200);
  expect((await client.get('/tickets')).status).toBe(200);
  await stop();
});

test('db move takes the embedded database to a server, and the old one is not started any more', async () => {
  const other = await createEmptyDatabase();
  try {
    const to = urlOf(other.to);
    const client = await start(here);
    const { number } = (await (await client.post('/tickets', { subject: 'a', description: 'b' })).json()) as {
      number: number;
    };
    expect(await docket(['db', 'move', '--to', to], here)).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/is running on/),
    });
    await stop();
    expect((await docket(['db', 'move', '--to', 'mysql://x'], here)).code).toBe(2);
    const nobody = 'postgres://docket:secret-word@127.0.0.1:1/docket';
    const away = await docket(['db', 'move', '--to', nobody], here);
    expect(away).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^The database of --to does not answer/),
    });
    expect(away.stderr).not.toContain('secret-word');

    const moved = await succeed(['db', 'move', '--to', to], here);
    expect(moved).toMatch(/rows in \d+ tables were copied, and are the same on both sides/);
    const old = await docket(['user', 'list'], here);
    expect(old).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^This database was moved to postgres/),
    });

    const there = { ...here, DATABASE_URL: to };
    const after = await start(there);
    const next = (await (await after.post('/tickets', { subject: 'a', description: 'b' })).json()) as object;
    expect(next).toMatchObject({ number: number + 1 });
    const atWork = await docket(['db', 'move', '--to', to], there);
    expect(atWork).toMatchObject({ code: 3, stderr: expect.stringMatching(/A Docket is at work/) });
    await stop();
    expect(await docket(['db', 'move', '--to', to], there)).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/is not empty/),
    });
    const db = openDb(openPool(other.to, () => {}, 1));
    expect(await db.selectFrom('users').select('email').execute()).toEqual([{ email }]);
    await db.destroy();
  } finally {
    await stop();
    await other.drop();
  }
});
