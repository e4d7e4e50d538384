import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { EXIT } from '../../src/cli/exit.ts';
import { type Db, openDb, openPool } from '../../src/db/open.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { docket, type Environment, urlOf } from '../support/docket.ts';
import { docketHere } from '../support/docket-here.ts';

let database: TestDatabase;
let db: Db;
let env: Environment;
let storage: string;
beforeAll(async () => {
  database = await createTestDatabase();
  db = openDb(openPool(database.to, () => {}));
  const folder = await mkdtemp(join(tmpdir(), 'docket-verify-'));
  storage = join(folder, 'storage');
  env = { DATABASE_URL: urlOf(database.to), DOCKET_DATA_DIR: folder };
  expect((await docket(['demo'], env)).code).toBe(0);
}, 120_000);
afterAll(async () => {
  await db?.destroy();
  await database?.drop();
  await rm(env.DOCKET_DATA_DIR ?? '', { recursive: true, force: true });
});

const run = (...args: string[]) => docketHere(['verify', ...args], env);

test('a desk in order ends with 0, for people and for programs', async () => {
  const { files } = await db
    .selectFrom('ticket_attachments')
    .select((of) => of.fn.countAll<number>().as('files'))
    .executeTakeFirstOrThrow();
  const { code, stdout } = await run();
  expect([code, stdout]).toEqual([EXIT.done, expect.stringMatching(/^findings +0$/m)]);
  expect(stdout).toContain('The background audit: its first pass has not ended yet.');
  const { looked, ...rest } = JSON.parse((await run('--json')).stdout);
  expect(rest).toEqual({ findings: [], last_audit: null });
  expect(looked.files).toBeGreaterThanOrEqual(files);
  expect((await run('--since', '2100-01-01', '--json')).stdout).toContain('"files": 0');
});

test('what is found is told, one by one, and ends with 1', async () => {
  const [changed, gone] = await db
    .selectFrom('ticket_attachments')
    .select(['id', 'ticket_id', 'file_path'])
    .orderBy('id')
    .limit(2)
    .execute();
  if (!changed || !gone) throw new Error('the demo has no files');
  await writeFile(join(storage, changed.file_path), 'no such size');
  await rm(join(storage, gone.file_path));
  const stranger = join(storage, 'tickets', 'stranger');
  await writeFile(stranger, 'Whose am I?');
  await utimes(stranger, 0, 0);
  await db
    .insertInto('audit_pass')
    .values({ kind: 'upload', after_id: '' })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  await db
    .updateTable('audit_pass')
    .set({ last_ended_at: '2026-11-01', last_files: 7, last_findings: 0 })
    .execute();

  const { code, stdout, stderr } = await run('--json');
  expect(code).toBe(EXIT.failed);
  expect(stderr).toBe('3 findings: docs/operating.md says what to do.\n');
  const { findings, last_audit } = JSON.parse(stdout);
  expect(findings).toHaveLength(3);
  expect(findings).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ problem: 'wrong_size', id: changed.id, actual: { size: 12 } }),
      expect.objectContaining({ problem: 'missing', id: gone.id, ticket_id: gone.ticket_id }),
      expect.objectContaining({ problem: 'unknown', file_path: 'tickets/stranger' }),
    ]),
  );
  expect(last_audit).toMatchObject({ files: 7, findings: 0 });

  const told = (await run()).stdout;
  expect(told).toContain(
    `missing: attachment ${gone.id}, disk:${gone.file_path}, of ticket ${gone.ticket_id}\n`,
  );
  expect(told).toContain('unknown: object, disk:tickets/stranger\n');
  expect(told).toContain('its last pass ended 2026-11-01T00:00:00.000Z: 7 files, 0 findings.');
});

test('a sample is of a share of the files', async () => {
  const { looked } = JSON.parse((await run('--sample', '100%', '--json')).stdout);
  const some = JSON.parse((await run('--sample', '0.0001%', '--json')).stdout);
  expect(some.looked.files).toBeLessThan(looked.files);
});

test.each([
  ['--sample', '0', 'Write it as 5%'],
  ['--sample', '101%', 'Write it as 5%'],
  ['--sample', 'half', 'Write it as 5%'],
  ['--since', 'yesterday', 'Write it as 2026-11-01'],
])('%s %s is not a question', async (option, value, says) => {
  const { code, stderr } = await run(option, value);
  expect([code, stderr]).toEqual([EXIT.usage, expect.stringContaining(says)]);
});
