import { afterAll, beforeAll, expect, test } from 'vitest';
import { migrate } from '../../src/db/migrate.ts';
import { type Db, openDb, openPool } from '../../src/db/open.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
let db: Db;

beforeAll(async () => {
  database = await createTestDatabase();
  db = openDb(
    openPool(database.to, (error) => {
      throw error;
    }),
  );
});
afterAll(async () => {
  await db.destroy();
  await database.drop();
});

test('a database that is up to date needs no step', async () => {
  expect(await migrate(db)).toEqual([]);
});
