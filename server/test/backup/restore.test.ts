import { randomUUID } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { createDiskStore, createHashing, createStores } from '../../src/attachments/index.ts';
import { restore as putBack } from '../../src/backup/restore.ts';
import { fill } from '../../src/backup/target.ts';
import { parseConfig } from '../../src/config.ts';
import { copyOut, partOf } from '../../src/db/copy.ts';
import { migrateWithin, STEPS } from '../../src/db/migrate.ts';
import { type Db, openDb, openPool } from '../../src/db/open.ts';
import { openSession } from '../../src/db/session.ts';
import { columnsOf, digestOf } from '../../src/db/tables.ts';
import { spoolOf, storageOf } from '../../src/storage.ts';
import {
  createEmptyDatabase,
  createTestDatabase,
  databaseOn,
  onServer,
  type TestDatabase,
} from '../support/database.ts';
import { openTestDesk } from '../support/desk.ts';
import { filesBelow } from '../support/disorder.ts';
import { backUpOf, type FullDesk, openFullDesk, restoreInto, rowsOf } from '../support/full-desk.ts';

let full: FullDesk;
let whole: string;
let rows: Record<string, string[]>;
beforeAll(async () => {
  full = await openFullDesk();
  whole = (await backUpOf(full.desk)).path;
  rows = await rowsOf(full.desk.db);
}, 60_000);
afterAll(async () => {
  await full?.desk.close();
  await rm(dirname(whole), { recursive: true, force: true });
});

/** A copy of the backup, to be spoilt; and where to restore it to. */
let backup: string;
let dataDir: string;
let database: TestDatabase;
let db: Db;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'docket-restore-'));
  backup = join(dataDir, 'backup');
  await cp(whole, backup, { recursive: true });
  database = await createEmptyDatabase();
  db = openDb(openPool(database.to, () => {}));
});
afterEach(async () => {
  await db.destroy();
  await database.drop();
  await rm(dataDir, { recursive: true, force: true });
});

const restore = (without?: { damaged: boolean }) =>
  restoreInto({ to: database.to, dataDir }, backup, {}, without);
const isEmpty = async () =>
  (await db.introspection.getTables({ withInternalKyselyTables: true })).length === 0;

describe('a backup that is not whole is refused, and nothing is there afterwards', () => {
  test.each([
    ['no manifest', () => rm(join(backup, 'manifest.json')), 'was cut before its end'],
    ['no folder', () => rm(backup, { recursive: true }), 'is no backup'],
    [
      'a manifest of another kind',
      () => writeFile(join(backup, 'manifest.json'), '{}'),
      'not one that this Docket',
    ],
    ['a table that is cut', () => truncate(join(backup, 'tables/users.copy'), 10), 'not as it was written'],
    ['a table that is missing', () => rm(join(backup, 'tables/tickets.copy')), 'not as it was written'],
    ['a changed list of files', () => writeFile(join(backup, 'files.jsonl'), ''), 'not as it was written'],
    ['a newer schema', () => change({ migrations: [...STEPS, '9999-later'] }), 'another version of Docket'],
  ])('%s', async (_, spoil, says) => {
    await spoil();
    await expect(restore()).rejects.toThrow(says);
    expect(await isEmpty()).toBe(true);
    expect(await filesBelow(join(dataDir, 'storage'))).toEqual([]);
  });

  async function change(by: object): Promise<void> {
    const path = join(backup, 'manifest.json');
    const manifest = JSON.parse(await readFile(path, 'utf8'));
    await writeFile(path, JSON.stringify({ ...manifest, ...by }));
  }

  test('rows that are not those that were counted', async () => {
    const manifest = JSON.parse(await readFile(join(backup, 'manifest.json'), 'utf8'));
    const [first, ...others] = manifest.tables;
    await change({ tables: [{ ...first, digest: '1' }, ...others] });
    await expect(restore()).rejects.toThrow('users did not arrive as it was');
    expect(await isEmpty()).toBe(true);
  });
});

describe('files of the backup that have changed', () => {
  beforeEach(async () => {
    const objects = (await filesBelow(join(backup, 'files'))).sort();
    const [first = '', second = ''] = objects;
    const path = join(backup, 'files', first);
    await writeFile(path, Buffer.alloc((await stat(path)).size, '?'));
    await rm(join(backup, 'files', second));
  });

  test('are told, and the database stays empty', async () => {
    await expect(restore()).rejects.toThrow('not as they were written');
    expect(await isEmpty()).toBe(true);
  });

  test('are left out when that is asked for, and all else comes back', async () => {
    const { damaged } = await restore({ damaged: true });
    expect(damaged).toHaveLength(2);
    const stored = await filesBelow(join(dataDir, 'storage'));
    expect(stored).toHaveLength((await filesBelow(join(backup, 'files'))).length - 1);
    expect((await rowsOf(db)).tickets).toEqual(rows.tickets);
    // Uploads without their bytes begin anew; nothing of them waits for what will never come.
    const uploads = await db
      .selectFrom('uploads')
      .select('id')
      .where('state', 'in', ['ready', 'receiving'])
      .execute();
    const segments = await db.selectFrom('upload_segments').select('file_path').execute();
    for (const { file_path } of segments) expect(stored).toContain(file_path);
    expect(uploads.length).toBeLessThanOrEqual(2);
  });
});

test('a database that is not empty is refused and stays as it is', async () => {
  const desk = await openTestDesk();
  try {
    await desk.person('admin');
    const before = await rowsOf(desk.db);
    await expect(restoreInto({ to: desk.to, dataDir }, backup)).rejects.toThrow('is not empty');
    expect(await rowsOf(desk.db)).toEqual(before);
  } finally {
    await desk.close();
  }
  const migrated = await createTestDatabase();
  try {
    await expect(restoreInto({ to: migrated.to, dataDir }, backup)).rejects.toThrow('is not empty');
  } finally {
    await migrated.drop();
  }
});

test('one that is not in UTF-8 is refused', async () => {
  const name = `docket_test_${randomUUID().replaceAll('-', '')}`;
  const server = inject('postgres');
  await onServer(
    server,
    `CREATE DATABASE ${name} TEMPLATE template0 ENCODING SQL_ASCII LOCALE 'C' LOCALE_PROVIDER libc`,
  );
  try {
    await expect(restoreInto({ to: databaseOn(server, name), dataDir }, backup)).rejects.toThrow(
      'not in UTF-8',
    );
  } finally {
    await onServer(server, `DROP DATABASE ${name}`);
  }
});

test('a second run finds what the first has put, and puts what is not right', async () => {
  await truncate(join(backup, 'tables/users.copy'), 0);
  const broken = await readFile(join(whole, 'tables/users.copy'));
  await expect(restore()).rejects.toThrow();
  await writeFile(join(backup, 'tables/users.copy'), broken);

  await restore();
  const stored = (await filesBelow(join(dataDir, 'storage'))).sort();
  const [kept = '', spoilt = ''] = stored.map((key) => join(dataDir, 'storage', key));
  const before = await stat(kept);
  await writeFile(spoilt, 'half');
  await db.destroy();
  await database.drop();
  database = await createEmptyDatabase();
  db = openDb(openPool(database.to, () => {}));
  await restore();
  expect((await stat(kept)).ino).toBe(before.ino);
  expect(await readFile(spoilt, 'utf8')).not.toBe('half');
  expect(await rowsOf(db)).toEqual(rows);
});

test('a backup of an older schema is brought up to this one', async () => {
  const older = await createEmptyDatabase();
  try {
    await using source = await openSession(older.to);
    await using target = await openSession(database.to);
    await source.db.transaction().execute((trx) => migrateWithin(trx, '0008-ticket-events'));
    await sql`INSERT INTO users (id, name, email) VALUES ('u', 'Ann', 'ann@example.org')`.execute(source.db);
    await sql`INSERT INTO uploads (id, owner_id, entrance, state, expires_at)
      VALUES ('p', 'u', 'form', 'receiving', now())`.execute(source.db);
    const tables = [];
    for (const name of ['users', 'uploads']) {
      tables.push({ name, columns: await columnsOf(source.db, name), ...(await digestOf(source.db, name)) });
    }
    await fill(target, {
      ...{ migrations: STEPS.slice(0, 8), tables, counters: [], tell() {} },
      rows: ({ name, columns }) => copyOut(source, partOf(name, columns)),
    });
    const { rows } = await sql`SELECT storage FROM uploads`.execute(db);
    expect(rows).toEqual([{ storage: 'disk' }]);
    expect((await sql`SELECT name FROM kysely_migration`.execute(db)).rows).toHaveLength(STEPS.length);
  } finally {
    await older.drop();
  }
});

test('into another store than the one they came from, rows say where their files are now', async () => {
  const config = parseConfig({ DOCKET_DATA_DIR: dataDir });
  const root = join(dataDir, 'bucket');
  const elsewhere = { ...createDiskStore({ root, fileMode: 0o600, dirMode: 0o700 }), name: 's3' };
  const hashing = createHashing();
  const spool = spoolOf(config, hashing, 0);
  await spool.prepare();
  const stores = createStores([...storageOf(config).all, elsewhere], () => 's3');
  try {
    await putBack({ to: database.to, stores, spool }, backup, { damaged: false }, () => {});
  } finally {
    await hashing.close();
  }
  const { rows: named } = await sql<{ file_path: string; storage: string }>`
    SELECT file_path, storage FROM ticket_attachments
    UNION ALL SELECT file_path, storage FROM uploads WHERE state = 'ready'
    UNION ALL SELECT file_path, storage FROM upload_segments`.execute(db);
  expect(new Set(named.map(({ storage }) => storage))).toEqual(new Set(['s3']));
  expect(named.map(({ file_path }) => file_path).sort()).toEqual((await filesBelow(root)).sort());
});
