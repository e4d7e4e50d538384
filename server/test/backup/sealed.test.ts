import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createCopies, type NamedObject } from '../../src/attachments/index.ts';
import { parseConfig } from '../../src/config.ts';
import { storageOf } from '../../src/storage.ts';
import { Client } from '../support/client.ts';
import { createEmptyDatabase } from '../support/database.ts';
import { openTestDesk, type TestDesk } from '../support/desk.ts';
import { filesBelow } from '../support/disorder.ts';
import { backUpOf, openRestored, restoreInto } from '../support/full-desk.ts';
import { tusOf } from '../support/tus.ts';

const secret = 'nobody may read this\n'.repeat(10_000);
const [present, next] = [randomBytes(32), randomBytes(32)];
const sealing = [present];

let desk: TestDesk;
let agent: Client;
let file: string;
let path: string;
let backup: string;
beforeAll(async () => {
  desk = await openTestDesk({ config: { sealing } });
  agent = await desk.person('agent');
  file = await agent.attach(await agent.openTicket(), { name: 'secret.txt', bytes: secret });
  path = await tusOf(agent).begin(secret.length);
  await tusOf(agent).patch(path, 0, secret.slice(0, 70_000));
  const made = await backUpOf(desk, { sealing });
  backup = made.path;
  expect(made.problems).toEqual([]);
});
afterAll(async () => {
  await desk?.close();
  await rm(dirname(backup), { recursive: true, force: true });
});

test('what is sealed lies sealed in the backup', async () => {
  const objects = await filesBelow(join(backup, 'files'));
  expect(objects).toHaveLength(2);
  for (const name of objects) {
    expect((await readFile(join(backup, 'files', name))).includes('nobody may read')).toBe(false);
  }
});

test('with its keys it comes back, and can be read and gone on with', async () => {
  const restored = await openRestored(backup, { sealing: [next, present] });
  try {
    const again = new Client(restored.url, agent.token, agent.id);
    expect(await (await again.get(`/attachments/${file}/download`)).text()).toBe(secret);
    expect((await tusOf(again).patch(path, 70_000, secret.slice(70_000))).status).toBe(204);
  } finally {
    await restored.close();
  }
});

test('without its keys it is refused, and nothing is there', async () => {
  const database = await createEmptyDatabase();
  const dataDir = await mkdtemp(join(tmpdir(), 'docket-sealed-'));
  try {
    const restoring = restoreInto({ to: database.to, dataDir }, backup, { sealing: [next] });
    await expect(restoring).rejects.toThrow('sealed under the key');
    expect(await filesBelow(join(dataDir, 'storage'))).toEqual([]);
  } finally {
    await database.drop();
    await rm(dataDir, { recursive: true, force: true });
  }
});

test('one that is sealed anew meanwhile, under another name, is taken as it is then', async () => {
  const stores = storageOf({ ...parseConfig({ DOCKET_DATA_DIR: desk.dataDir }), sealing });
  const row = await desk.db
    .selectFrom('ticket_attachments')
    .select(['id', 'file_path', 'storage', 'key_id', 'sha256', 'file_size as size'])
    .where('id', '=', file)
    .executeTakeFirstOrThrow();
  const object: NamedObject = { kind: 'attachment', ...row, position: null };
  const store = stores.at(row);
  const to = `${dirname(row.file_path)}/another-name`;
  await store.copy(row.file_path, to);
  await desk.db.updateTable('ticket_attachments').set({ file_path: to }).where('id', '=', file).execute();
  await store.remove(row.file_path);
  const { take } = createCopies({ db: desk.db, stores });
  const keep: Parameters<typeof take>[1] = async (bytes, isRight) => {
    let size = 0;
    for await (const chunk of bytes) size += chunk.length;
    const copy = { size, sha256: '' };
    return (await isRight(copy)) ? copy : undefined;
  };
  expect(await take(object, keep)).toMatchObject({ is: 'kept', key: to, resealed: true });
  expect(await take({ ...object, sha256: '0'.repeat(64) }, keep)).toEqual({ is: 'changed' });
});
