import { randomUUID } from 'node:crypto';
import { chown, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { processesOn } from '../../src/db/embedded/processes.ts';
import { Client } from '../support/client.ts';
import {
  docket,
  type Environment,
  LAUNCHER,
  MAIN,
  type Running,
  serve,
  startDocket,
} from '../support/docket.ts';
import { Exchange } from '../support/exchange.ts';
import { FORM_TYPE, filePart, form, framing } from '../support/form.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

// One data folder for all, since making one takes longest; a test that needs an empty desk makes its own.
let dataDir: string;
let env: Environment;
const servers: Running[] = [];
const folders: string[] = [];

beforeAll(newFolder);
afterEach(async () => {
  for (const { child, ended } of servers.splice(0)) {
    child.kill('SIGKILL');
    await ended;
  }
  await untilPostgresHasGone();
});
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

async function newFolder(): Promise<void> {
  dataDir = await mkdtemp(join(tmpdir(), 'docket-serve-'));
  env = { DOCKET_DATA_DIR: dataDir };
  folders.push(dataDir);
}

async function start(more: Environment = {}, node = [MAIN]) {
  const server = await serve({ ...env, ...more }, node);
  servers.push(server);
  return server;
}

const postgresRuns = async () => (await processesOn(join(dataDir, 'postgres', 'data'))).length > 0;

async function untilPostgresHasGone(): Promise<void> {
  await vi.waitFor(async () => expect(await postgresRuns()).toBe(false), { timeout: 20_000, interval: 100 });
}

/** A new admin, made and given a token by commands beside the server. */
async function newAdmin(url: string): Promise<Client> {
  const email = ['--email', `${randomUUID()}@example.org`];
  await docket(['user', 'create', ...email, '--name', 'Ann', '--role', 'admin'], env);
  const { stdout } = await docket(['token', 'create', ...email], env);
  return new Client(url, stdout.trim(), '');
}

/** An upload of which all but the end has been sent. */
async function beginUpload(url: string) {
  const admin = await newAdmin(url);
  const ticket = await admin.openTicket();
  const body = form([filePart('x'.repeat(100_000))]);
  const exchange = await Exchange.open(admin, `/tickets/${ticket}/attachments`, {
    ...FORM_TYPE,
    ...framing(body, 'whole'),
  });
  await exchange.write(body.subarray(0, 60_000));
  await sleep(300);
  return { admin, ticket, exchange, rest: body.subarray(60_000) };
}

describe('a server', () => {
  it('says where it is and how to make the first administrator, and ends on SIGTERM with all that it began', async () => {
    const server = await start();
    const answer = await fetch(`${server.url}/api/v1/me`);
    expect(answer.status).toBe(401);
    await vi.waitFor(() => expect(server.stdout()).toContain(`${server.url}/setup?token=`));
    expect(await postgresRuns()).toBe(true);
    server.child.kill('SIGTERM');
    expect(await server.ended).toMatchObject({ code: 0, stderr: '' });
    expect(await postgresRuns()).toBe(false);
  });

  it('makes the administrator of the configuration, unless nobody can be that', async () => {
    await newFolder();
    const admin = { DOCKET_ADMIN_EMAIL: 'ines@example.org', DOCKET_ADMIN_PASSWORD: 'short' };
    const weak = await docket(['serve'], { ...env, ...admin, PORT: '0' });
    expect(weak.code).toBe(2);
    expect(weak.stderr).toMatch(/^DOCKET_ADMIN_EMAIL, DOCKET_ADMIN_PASSWORD: .+\n$/);
    const server = await start({ ...admin, DOCKET_ADMIN_PASSWORD: 'correct horse battery' });
    const { stdout } = await docket(['user', 'list', '--json'], env);
    expect(JSON.parse(stdout)).toMatchObject([{ email: 'ines@example.org', role: 'admin' }]);
    expect(server.stdout()).not.toContain('/setup');
  });

  it('is refused the data folder of another, which goes on', async () => {
    const server = await start();
    const second = await docket(['serve'], { ...env, PORT: '0' });
    expect(second.code).toBe(3);
    expect(second.stderr).toMatch(
      new RegExp(`^Another Docket \\(process ${server.child.pid}\\) is running on .+\n$`),
    );
    expect((await fetch(`${server.url}/api/v1/me`)).status).toBe(401);
  });

  it('says so when its port is taken, and leaves nothing behind', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const address = other.address();
    const port = String(typeof address === 'object' ? address?.port : '');
    const { code, stdout, stderr } = await docket(['serve'], { ...env, PORT: port });
    other.close();
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toMatch(
      new RegExp(`^Docket cannot listen on port ${port} of 127.0.0.1: it is taken\\. .+\n$`),
    );
    expect(await postgresRuns()).toBe(false);
  });

  it('starts again after everything was killed', async () => {
    const first = await start();
    const { token = '' } = await newAdmin(first.url);
    const [postmaster] = (await readFile(join(dataDir, 'postgres/data/postmaster.pid'), 'utf8')).split('\n');
    process.kill(Number(postmaster), 'SIGKILL');
    process.kill(-(first.child.pid ?? 0), 'SIGKILL');
    await first.ended;
    const second = await start();
    expect((await new Client(second.url, token, '').get('/me')).status).toBe(200);
  });

  it.skipIf(process.getuid?.() !== 0)('and its commands refuse the folder of another user', async () => {
    const spool = join(dataDir, 'spool');
    await chown(spool, 65_534, 65_534);
    onTestFinished(() => chown(spool, 0, 0));
    for (const command of [['serve'], ['user', 'list']]) {
      const { code, stderr } = await docket(command, { ...env, PORT: '0' });
      expect(code).toBe(3);
      expect(stderr).toMatch(/belongs to user 65534 and this is user 0\. Run Docket as user 65534, .+\n$/);
    }
  });
});

describe('commands', () => {
  it('work beside a server and without one, and several at once', async () => {
    const server = await start();
    const create = (name: string) =>
      docket(['user', 'create', '--email', `${name}@example.org`, '--name', name, '--role', 'agent'], env);
    expect((await create('ann')).stdout).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/reset-password\?token=/);
    server.child.kill('SIGTERM');
    await server.ended;
    const made = await Promise.all([create('bob'), create('carl'), create('dora')]);
    expect(made.map(({ code, stderr }) => ({ code, stderr }))).toEqual(
      Array(3).fill({ code: 0, stderr: '' }),
    );
    const people = JSON.parse((await docket(['user', 'list', '--json'], env)).stdout);
    const names = people.map(({ name }: { name: string }) => name);
    expect(names).toEqual(expect.arrayContaining(['ann', 'bob', 'carl', 'dora']));
    expect(await postgresRuns()).toBe(false);
  });
});

describe('an upload under way when the server is told to stop', () => {
  it('may end, and is there after the next start', async () => {
    const first = await start();
    const { ticket, admin, exchange, rest } = await beginUpload(first.url);
    first.child.kill('SIGTERM');
    await sleep(500);
    await expect(fetch(`${first.url}/api/v1/me`)).rejects.toThrow('fetch failed');
    await exchange.write(rest);
    expect((await exchange.answer)?.status).toBe(201);
    expect(await first.ended).toMatchObject({ code: 0, stderr: '' });
    const second = await start();
    const list = await new Client(second.url, admin.token, '').get(`/tickets/${ticket}/attachments`);
    expect(await list.json()).toMatchObject({ total: 1, data: [{ file_size: 100_000 }] });
  });

  it('is cut, without a trace, when it does not end and somebody hurries', async () => {
    const server = await start();
    const { exchange } = await beginUpload(server.url);
    server.child.kill('SIGTERM');
    server.child.kill('SIGTERM'); // the same one, as a launcher passes it on
    await sleep(1_500);
    expect(server.child.exitCode).toBeNull();
    const hurried = performance.now();
    server.child.kill('SIGTERM');
    expect(await server.ended).toMatchObject({ code: 0, stderr: '' });
    expect(performance.now() - hurried).toBeLessThan(5_000);
    expect(await exchange.answer).toBeUndefined();
    const { stdout } = await docket(['cleanup', '--json'], env);
    expect(JSON.parse(stdout)).toMatchObject({ expired_uploads: 0, spool_files: 0, orphans: 0 });
  });

  it('is cut after ten seconds', async () => {
    const server = await start();
    await beginUpload(server.url);
    const told = performance.now();
    server.child.kill('SIGINT');
    expect(await server.ended).toMatchObject({ code: 0, stderr: '' });
    expect(performance.now() - told).toBeGreaterThan(9_500);
    expect(performance.now() - told).toBeLessThan(16_000);
  });
});

describe('a server behind its launcher', () => {
  // To the launcher this Node is an old one, so it starts the server on the Node that the project brings.
  const old =
    "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.0.0' } });" +
    "process.execPath = '/usr/bin/old-node'; process.execve = undefined";
  const launched = ['--import', `data:text/javascript,${old}`, LAUNCHER];
  const pidOfServer = async () => Number(await readFile(join(dataDir, 'docket.pid'), 'utf8'));

  it('ends in order when a signal reaches the whole process group', async () => {
    const launcher = await start({}, launched);
    expect(await pidOfServer()).not.toBe(launcher.child.pid);
    process.kill(-(launcher.child.pid ?? 0), 'SIGINT');
    expect(await launcher.ended).toMatchObject({ code: 0, stderr: '' });
    expect(await postgresRuns()).toBe(false);
  });

  it('ends in order when the signal reaches the launcher alone', async () => {
    const launcher = await start({}, launched);
    launcher.child.kill('SIGTERM');
    expect(await launcher.ended).toMatchObject({ code: 0, stderr: '' });
  });

  it('ends when the launcher is killed', async () => {
    const launcher = await start({}, launched);
    const pid = await pidOfServer();
    launcher.child.kill('SIGKILL');
    await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow('ESRCH'), { timeout: 20_000 });
    await untilPostgresHasGone();
    await start();
  });

  it('hands on the exit code of a command', async () => {
    const refused = await startDocket(['token', 'create', '--email', 'x@example.org'], env, {
      node: launched,
    }).ended;
    expect(refused).toEqual({ code: 3, stdout: '', stderr: 'There is no such person.\n' });
  });
});
