import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Db, openDb, openPool } from '../../src/db/open.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { docket, type Ended, type Environment, urlOf } from '../support/docket.ts';
import { docketHere } from '../support/docket-here.ts';
import { everythingIn } from '../support/everything.ts';

vi.setConfig({ testTimeout: 60_000 });

let database: TestDatabase;
let db: Db;
let env: Environment;

beforeAll(async () => {
  database = await createTestDatabase();
  db = openDb(openPool(database.to, () => {}));
  env = {
    DATABASE_URL: urlOf(database.to),
    DOCKET_DATA_DIR: await mkdtemp(join(tmpdir(), 'docket-cli-')),
    DOCKET_PUBLIC_URL: 'https://help.example.org',
  };
});
afterAll(async () => {
  await db.destroy();
  await database.drop();
  await rm(env.DOCKET_DATA_DIR ?? '', { recursive: true, force: true });
});

/** In this process: what it prints, and the exit code it would end with. */
async function run(...args: string[]): Promise<Ended> {
  return docketHere(args, env);
}
const ann = ['--email', 'ann@example.org'];

describe('help', () => {
  it.each([
    ['serve'],
    ['migrate'],
    ['user', 'create'],
    ['user', 'list'],
    ['user', 'disable'],
    ['user', 'reset-password'],
    ['token', 'create'],
    ['cleanup'],
    ['verify'],
    ['backup'],
    ['restore'],
    ['db', 'move'],
    ['demo'],
    ['inspect'],
    ['doctor'],
  ])('of %s %s shows how it is done', async (...command) => {
    const { code, stdout } = await run(...command, '--help');
    expect(code).toBe(0);
    expect(stdout).toContain(`  $ `);
    expect(stdout).toContain(`docket ${command.join(' ')}`);
  });

  it('lists every command', async () => {
    const { code, stdout } = await run('--help');
    expect(code).toBe(0);
    for (const name of ['serve', 'migrate', 'user', 'token', 'cleanup', 'verify', 'demo', 'inspect']) {
      expect(stdout).toMatch(new RegExp(`^  ${name} `, 'm'));
    }
  });
});

describe('a wrong command line', () => {
  it.each([
    [[]],
    [['serv']],
    [['user']],
    [['user', 'create', '--email', 'a@example.org', '--name', 'A']],
    [['user', 'create', '--email', 'a@example.org', '--name', 'A', '--role', 'king']],
    [['token', 'create', '--mail', 'a@example.org']],
    [['inspect']],
  ])('%j ends with 2 and a word on standard error alone', async (args) => {
    const { code, stdout, stderr } = await run(...args);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).not.toBe('');
    expect(stderr).not.toMatch(/^ {4}at /m);
  });

  it('as a wrong configuration lists every mistake and ends with 2', async () => {
    const { code, stdout, stderr } = await docket(['user', 'list'], {
      ...env,
      PORT: 'x',
      DOCKET_SIGN_UP: 'y',
    });
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/PORT is "x".*\n.*DOCKET_SIGN_UP is "y"/);
    expect(stderr).not.toMatch(/^ {4}at /m);
  });
});

describe('user and token', () => {
  it('create makes somebody who can sign in with the password of standard input', async () => {
    const args = [
      'user',
      'create',
      ...ann,
      '--name',
      'Ann Lee',
      '--role',
      'agent',
      '--password-stdin',
      '--json',
    ];
    const { code, stdout } = await docket(args, env, 'correct horse battery\n');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      person: { name: 'Ann Lee', email: 'ann@example.org', role: 'agent', state: 'enabled' },
    });
    const stored = await db.selectFrom('accounts').select('password').executeTakeFirstOrThrow();
    expect(stored.password).not.toContain('correct');
  });

  it('create without a password prints a link alone', async () => {
    const { code, stdout } = await run(
      ...['user', 'create', '--email', 'bob@example.org', '--name', 'Bob', '--role', 'customer'],
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/^https:\/\/help\.example\.org\/reset-password\?token=\S+\n$/);
  });

  it.each([
    ['an address that is taken', ['user', 'create', ...ann, '--name', 'A', '--role', 'admin']],
    ['nobody', ['user', 'disable', '--email', 'nobody@example.org']],
    ['nobody', ['user', 'reset-password', '--email', 'nobody@example.org']],
    ['nobody', ['token', 'create', '--email', 'nobody@example.org']],
  ])('with %s end with 3 and one line', async (_, args) => {
    const { code, stdout, stderr } = await run(...args);
    expect(code).toBe(3);
    expect(stdout).toBe('');
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  it('create with a weak password, or with none on standard input, makes nobody', async () => {
    const carl = ['user', 'create', '--email', 'carl@example.org', '--name', 'Carl', '--role', 'agent'];
    expect((await docket([...carl, '--password-stdin'], env, 'short\n')).code).toBe(3);
    expect((await docket([...carl, '--password-stdin'], env, '')).code).toBe(2);
    expect((await run('user', 'list')).stdout).not.toContain('carl');
  });

  it('token create prints the token alone, and it is kept only as a digest', async () => {
    const { code, stdout, stderr } = await run('token', 'create', ...ann, '--name', 'backup');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^dkt_[\w-]{40,}\n$/);
    expect(stderr).toBe('');
    const { name, token_hash } = await db.selectFrom('api_tokens').selectAll().executeTakeFirstOrThrow();
    expect(name).toBe('backup');
    expect(token_hash).not.toContain(stdout.trim());
  });

  it('list shows everybody, as columns and as JSON', async () => {
    const { stdout } = await run('user', 'list');
    expect(stdout.split('\n')[0]).toMatch(/^NAME +E-MAIL +ROLE +STATE$/);
    expect(stdout).toMatch(/^Ann Lee +ann@example\.org +agent +enabled$/m);
    const people = JSON.parse((await run('user', 'list', '--json')).stdout);
    expect(people).toHaveLength(2);
    const agents = JSON.parse((await run('user', 'list', '--role', 'agent', '--json')).stdout);
    expect(agents).toMatchObject([{ email: 'ann@example.org' }]);
  });

  it('reset-password prints a link, and disable ends it with everything else', async () => {
    const reset = await run('user', 'reset-password', ...ann);
    expect(reset.code).toBe(0);
    expect(reset.stdout).toMatch(/^https:\/\/help\.example\.org\/reset-password\?token=\S+\n$/);
    const { code, stdout } = await run('user', 'disable', ...ann, '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ email: 'ann@example.org', state: 'disabled' });
    const live = await db.selectFrom('api_tokens').select('id').where('revoked_at', 'is', null).execute();
    expect(live).toEqual([]);
    expect((await run('token', 'create', ...ann)).code).toBe(3);
  });
});

it('migrate says what it did, and that there is no more to do', async () => {
  const { code, stdout } = await run('migrate', '--json');
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual({ migrated: [] });
  expect((await run('migrate')).stdout).toBe('The database is up to date.\n');
});

it('demo fills an empty desk and no other', async () => {
  const full = await run('demo');
  expect(full).toMatchObject({ code: 3, stdout: '' });
  const other = await createTestDatabase();
  try {
    const { code, stdout } = await docketHere(['demo', '--json'], { ...env, DATABASE_URL: urlOf(other.to) });
    expect(code).toBe(0);
    expect(JSON.parse(stdout).people.length).toBeGreaterThan(3);
  } finally {
    await other.drop();
  }
});

it('cleanup sweeps and says how much', async () => {
  const { code, stdout } = await run('cleanup', '--json');
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ moved_files: 0, orphans: 0 });
  expect((await run('cleanup')).stdout).toMatch(/^moved files +0$/m);
});

/** A desk without one is not believed when it calls an object unknown. */
async function addFile(): Promise<void> {
  const words = { subject: 'Printer', description: 'It is on fire.' };
  const bytes = { file_name: 'a.txt', file_size: 1, mime_type: 'text/plain', sha256: 'a'.repeat(64) };
  const at = { file_path: 'tickets/one/known', storage: 'disk', virus_scan_status: 'skipped' as const };
  await db
    .insertInto('users')
    .values({ id: 'one', name: 'One', email: 'one@example.org', image: null })
    .execute();
  await db
    .insertInto('tickets')
    .values({ id: 'one', ...words, requester_id: 'one', assignee_id: null })
    .execute();
  await db
    .insertInto('ticket_attachments')
    .values({
      ...{ id: 'one', ticket_id: 'one', reply_id: null, description: null, key_id: null, ...bytes, ...at },
      ...{ warnings: '[]', uploaded_by: 'one', created_by: 'one', virus_scan_result: null },
    })
    .execute();
}

it('cleanup --dry-run says what it would do and changes nothing', async () => {
  await run('cleanup'); // with what every first start makes
  await addFile();
  const folder = join(env.DOCKET_DATA_DIR ?? '', 'storage');
  const stray = join(folder, 'tickets/one/stray');
  await mkdir(dirname(stray), { recursive: true });
  await writeFile(stray, 'Whose am I?');
  await utimes(stray, new Date(0), new Date(0));
  // Long enough ago that a server would look at the clock again.
  await sql`UPDATE pgboss.version SET cron_on = now() - interval '1 day', flow_on = now() - interval '1 day'`.execute(
    db,
  );
  const before = await everythingIn(db, folder);
  const { code, stdout } = await run('cleanup', '--dry-run', '--json');
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual({
    kinds: { orphans: { count: 1, size: 11 } },
    items: [{ kind: 'orphans', store: 'disk', key: 'tickets/one/stray', size: 11 }],
  });
  expect((await run('cleanup', '--dry-run')).stdout).toBe('orphans  1  11 bytes\n');
  expect(await everythingIn(db, folder)).toEqual(before);

  expect(JSON.parse((await run('cleanup', '--json')).stdout)).toMatchObject({ orphans: 1 });
  expect((await run('cleanup', '--dry-run')).stdout).toBe('Nothing to do.\n');
});

describe('inspect', () => {
  it('says of every file what it is and which rule said so', async () => {
    const folder = env.DOCKET_DATA_DIR ?? '';
    await writeFile(join(folder, 'notes.txt'), 'plain words\n');
    await writeFile(join(folder, 'setup.exe'), 'MZ');
    const good = await run('inspect', 'notes.txt');
    expect(good.code).toBe(0);
    expect(good.stdout).toMatch(/^notes\.txt: accepted as text\/plain \(rule: \S+\)\n$/);
    const both = await run('inspect', '--json', 'notes.txt', 'setup.exe');
    expect(both.code).toBe(3);
    expect(JSON.parse(both.stdout)).toMatchObject([
      { file: 'notes.txt', accepted: true },
      { file: 'setup.exe', accepted: false, code: 'type_not_allowed' },
    ]);
  });

  it('of a file that is not there ends with 1 and one line', async () => {
    const { code, stderr } = await run('inspect', 'nothing.pdf');
    expect(code).toBe(1);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });
});

describe('a database that does not answer', () => {
  it.each([
    ['nobody listens', 'postgres://docket@127.0.0.1:1/docket'],
    ['it has another name', undefined],
  ])('because %s ends with 1 and one line that shows no password', async (_, url) => {
    const away = url ?? `${urlOf(database.to).replace(/\/docket_test_\w+/, '/elsewhere')}`;
    const { code, stdout, stderr } = await docketHere(['user', 'list'], { ...env, DATABASE_URL: away });
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^The database of DATABASE_URL does not answer: .+\n$/);
  });
});
