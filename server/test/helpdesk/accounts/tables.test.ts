import { getMigrations } from 'better-auth/db/migration';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Db, openDb, openPool } from '../../../src/db/open.ts';
import { authOptions } from '../../../src/helpdesk/accounts/better-auth.ts';
import { sessionSecret } from '../../../src/helpdesk/accounts/secrets.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';

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

const drift = async () => {
  const plan = await getMigrations(authOptions(db), { throwOnUnsafe: false });
  return [
    ...plan.toBeCreated.map(({ table }) => table),
    ...plan.toBeAdded.flatMap(({ table, fields }) => Object.keys(fields).map((field) => `${table}.${field}`)),
    ...plan.toBeAddedIndexes.map(({ name }) => name),
    ...plan.schemaProblems,
  ];
};

test('our tables have all that better-auth expects', async () => {
  expect(await drift()).toEqual([]);
});

test('a column that went missing is noticed', async () => {
  await db.schema.alterTable('sessions').dropColumn('user_agent').execute();
  expect(await drift()).toEqual(['sessions.user_agent']);
});

test('instances that start at once agree on the secret of sessions', async () => {
  const secrets = await Promise.all(Array.from({ length: 5 }, () => sessionSecret(db)));
  expect(new Set(secrets).size).toBe(1);
  expect(secrets[0]).toMatch(/^[\w-]{43}$/);
});
