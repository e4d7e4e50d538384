import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, test } from 'vitest';
import { moveDatabase } from '../../src/backup/move.ts';
import { type Db, openDb, openPool } from '../../src/db/open.ts';
import type { Client } from '../support/client.ts';
import { createEmptyDatabase, databaseOn, onServer, type TestDatabase } from '../support/database.ts';
import { openTestDesk } from '../support/desk.ts';
import { type FullDesk, openFullDesk, rowsOf } from '../support/full-desk.ts';
import { PNG } from '../support/samples.ts';

let full: FullDesk;
beforeAll(async () => {
  full = await openFullDesk();
}, 60_000);
afterAll(() => full?.desk.close());

let database: TestDatabase;
let db: Db;
beforeEach(async () => {
  database = await createEmptyDatabase();
  db = openDb(openPool(database.to, () => {}));
});
afterEach(async () => {
  await db.destroy();
  await database.drop();
});
const isEmpty = async () =>
  (await db.introspection.getTables({ withInternalKyselyTables: true })).length === 0;

test('all rows are the same, thumbnails too, and a desk works on them with the files where they were', async () => {
  const { agent, desk } = full;
  const picture = await agent.attach(full.ticketId, { name: 'a.png', bytes: PNG, type: 'image/png' });
  const bytesOf = async (who: Client) => (await who.get(`/attachments/${picture}/thumbnail`)).bytes();
  const thumbnail = await bytesOf(agent);

  const { tables } = await moveDatabase(desk.to, database.to, () => {});
  expect(await rowsOf(db)).toEqual(await rowsOf(desk.db));
  expect(tables.find(({ name }) => name === 'thumbnails')).toMatchObject({ rows: 1 });
  const moved = await openTestDesk({ beside: { ...desk, to: database.to } });
  try {
    const person = await moved.person('agent');
    const file = await person.get(`/attachments/${full.files.plain}/download`);
    expect(await file.text()).toBe('plain\n'.repeat(1_000));
    expect(await bytesOf(person)).toEqual(thumbnail);
  } finally {
    await moved.close();
  }
});

test('a database that is not empty is refused', async () => {
  await sql`CREATE TABLE theirs (id integer)`.execute(db);
  await expect(moveDatabase(full.desk.to, database.to, () => {})).rejects.toThrow('is not empty');
  await sql`DROP TABLE theirs`.execute(db);
  expect(await isEmpty()).toBe(true);
});

test('an empty one is nothing to move', async () => {
  const other = await createEmptyDatabase();
  try {
    await expect(moveDatabase(other.to, database.to, () => {})).rejects.toThrow('no desk in this database');
  } finally {
    await other.drop();
  }
});

test('cut in the middle, it leaves the other as empty as it was', async () => {
  const cut = () => {
    throw new Error('cut');
  };
  await expect(moveDatabase(full.desk.to, database.to, cut)).rejects.toThrow('cut');
  expect(await isEmpty()).toBe(true);
  const name = `docket_test_${randomUUID().replaceAll('-', '')}`;
  await onServer(inject('postgres'), `CREATE DATABASE ${name} TEMPLATE template0`);
  const there = databaseOn(inject('postgres'), name);
  const kill = async () =>
    onServer(
      inject('postgres'),
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`,
    );
  let killed: Promise<void> | undefined;
  const moving = moveDatabase(full.desk.to, there, (done) => {
    if (done > 5) killed ??= kill();
  });
  await expect(moving).rejects.toThrow();
  await killed;
  await onServer(inject('postgres'), `DROP DATABASE ${name} WITH (FORCE)`);
}, 30_000);
