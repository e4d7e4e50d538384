import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { docket, type Environment, startDocket, urlOf } from '../support/docket.ts';

vi.setConfig({ testTimeout: 60_000 });

let database: TestDatabase;
let env: Environment;

beforeAll(async () => {
  database = await createTestDatabase();
  const DOCKET_DATA_DIR = await mkdtemp(join(tmpdir(), 'docket-cli-'));
  env = { DATABASE_URL: urlOf(database.to), DOCKET_DATA_DIR };
});
afterAll(async () => {
  await database.drop();
  await rm(env.DOCKET_DATA_DIR ?? '', { recursive: true, force: true });
});

it('a command ends with its code and says one thing, where it belongs', async () => {
  const ann = ['--email', 'ann@example.org'];
  const made = await docket(
    ['user', 'create', ...ann, '--name', 'Ann', '--role', 'agent', '--password-stdin'],
    env,
    'correct horse battery\n',
  );
  expect(made).toEqual({ code: 0, stdout: 'ann@example.org can sign in.\n', stderr: '' });
  const token = await docket(['token', 'create', ...ann], env);
  expect(token).toEqual({ code: 0, stdout: expect.stringMatching(/^dkt_\S+\n$/), stderr: '' });
  const unknown = await docket(['token', 'create', '--email', 'bob@example.org'], env);
  expect(unknown).toEqual({ code: 3, stdout: '', stderr: 'There is no such person.\n' });
  const misused = await docket(['token'], env);
  expect(misused).toMatchObject({ code: 2, stdout: '' });
  expect(await docket(['--help'], env)).toMatchObject({ code: 0, stderr: '' });
});

it('a command whose reader has gone ends quietly', async () => {
  const list = startDocket(['user', 'list'], env);
  list.child.stdout?.destroy();
  expect(await list.ended).toMatchObject({ code: 0, stderr: '' });
});
