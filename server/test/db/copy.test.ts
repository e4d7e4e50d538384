import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inSnapshot } from '../../src/backup/snapshot.ts';
import { openSession } from '../../src/db/session.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database?.drop());

const MANY = 'SELECT n, repeat(md5(n::text), 20) FROM generate_series(1, 20000) AS n';

/** Takes one piece, and no more. */
function full(): Writable {
  return new Writable({
    write: (_piece, _encoding, done) => done(new Error('the disk is full')),
  });
}

test('rows that nobody takes to their end are told of as what happened, and nothing hangs', async () => {
  await using session = await openSession(database.to);
  const copied = inSnapshot(session, (snapshot) => pipeline(snapshot.query(MANY), full()));
  await expect(copied).rejects.toThrow('the disk is full');
}, 10_000);

test('a connection whose rows were taken to their end goes on', async () => {
  await using session = await openSession(database.to);
  let bytes = 0;
  const counting = () =>
    new Writable({
      write(piece: Buffer, _encoding, done) {
        bytes += piece.length;
        done();
      },
    });
  await inSnapshot(session, async (snapshot) => {
    await pipeline(snapshot.query(MANY), counting());
    await pipeline(snapshot.query('SELECT 1'), counting());
  });
  expect(bytes).toBeGreaterThan(20_000 * 640);
  expect((await sql<{ one: number }>`SELECT 1 AS one`.execute(session.db)).rows).toEqual([{ one: 1 }]);
});
