import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Db, openDb, openPool } from '../../src/db/open.ts';
import { pipelined } from '../../src/db/pipelined.ts';
import { statement } from '../../src/db/statement.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
let db: Db;
beforeAll(async () => {
  database = await createTestDatabase();
  db = openDb(openPool(database.to, () => undefined, 2));
  await sql`CREATE TABLE numbers (n integer PRIMARY KEY)`.execute(db);
});
afterAll(async () => {
  await db?.destroy();
  await database?.drop();
});

const add = (n: number) => sql`INSERT INTO numbers VALUES (${n})`.compile(db);
const all = () => sql<{ n: number }>`SELECT n FROM numbers ORDER BY n`.compile(db);
const kept = async () => (await db.executeQuery(all())).rows.map(({ n }) => n);

describe('statements sent together', () => {
  test('run in their order and give each its own rows', async () => {
    const seen = await db
      .transaction()
      .execute((trx) => pipelined(trx, [all(), add(1), all(), add(2), all()]));
    expect(seen).toEqual([[], [], [{ n: 1 }], [], [{ n: 1 }, { n: 2 }]]);
    expect(await kept()).toEqual([1, 2]);
  });

  test('fail with the first that failed, keep nothing, and leave the connection good', async () => {
    const failing = db.transaction().execute((trx) => pipelined(trx, [add(3), add(1), add(4)]));
    await expect(failing).rejects.toMatchObject({ code: '23505' });
    expect(await kept()).toEqual([1, 2]);
  });

  test('are taken back when what is decided by them throws', async () => {
    const refused = db.transaction().execute(async (trx) => {
      await pipelined(trx, [add(5)]);
      throw new Error('no');
    });
    await expect(refused).rejects.toThrow('no');
    expect(await kept()).toEqual([1, 2]);
  });

  test('each see what others committed while it waited for a lock', async () => {
    const held = Promise.withResolvers<void>();
    const other = db.transaction().execute(async (trx) => {
      await pipelined(trx, [sql`SELECT pg_advisory_xact_lock(7)`.compile(trx), add(6)]);
      held.resolve();
      await new Promise((resolve) => setTimeout(resolve, 200));
    });
    await held.promise;
    const [, seen] = await db
      .transaction()
      .execute((trx) => pipelined(trx, [sql`SELECT pg_advisory_xact_lock(7)`.compile(trx), all()]));
    await other;
    expect(seen).toContainEqual({ n: 6 });
  });
});

describe('a prepared connection', () => {
  test('keeps the plan of a statement that has values', async () => {
    await db.connection().execute(async (one) => {
      for (const n of [1, 2]) await sql`SELECT ${n}::int + 41 AS known`.execute(one);
      const { rows } = await sql<{ calls: number }>`
        SELECT generic_plans + custom_plans AS calls FROM pg_prepared_statements WHERE statement LIKE '%+ 41 AS known'
      `.execute(one);
      expect(rows).toEqual([{ calls: 2 }]);
    });
  });

  test('that a migration has overtaken fails once and is replaced', async () => {
    await sql`CREATE TABLE moving (a integer)`.execute(db);
    const ask = () => sql`SELECT * FROM moving WHERE a > ${0}`.execute(db);
    await ask();
    await sql`ALTER TABLE moving ADD COLUMN b integer`.execute(db);
    await expect(ask()).rejects.toMatchObject({ code: '0A000' });
    expect((await ask()).rows).toEqual([]);
  });
});

test('a statement put together once takes its values by name, wherever and however often it names them', async () => {
  const ask = statement<
    { low: number; high: number; words: string | null },
    { sum: number; words: string | null }
  >((on, its) =>
    sql<{ sum: number; words: string | null }>`
        SELECT ${its('high')}::int - ${its('low')}::int + ${its('low')}::int AS sum, ${its('words')}::text AS words
      `.compile(on),
  );
  const answers = await Promise.all([
    db.executeQuery(ask({ low: 1, high: 10, words: null })),
    db.executeQuery(ask({ words: "it's", high: 20, low: 2 })),
  ]);
  expect(answers.map(({ rows }) => rows[0])).toEqual([
    { sum: 10, words: null },
    { sum: 20, words: "it's" },
  ]);
});
