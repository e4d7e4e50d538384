import { mkdtemp, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createCopies, type NamedObject } from '../../src/attachments/index.ts';
import { backUp } from '../../src/backup/backup.ts';
import { parseConfig } from '../../src/config.ts';
import { tablesThatAre } from '../../src/db/tables.ts';
import { storageOf } from '../../src/storage.ts';
import type { Client } from '../support/client.ts';
import { openTestDesk, type TestDesk } from '../support/desk.ts';
import { filesBelow } from '../support/disorder.ts';
import { backUpOf, openRestored } from '../support/full-desk.ts';
import { mayMount, mountSmallDisk } from '../support/small-disk.ts';
import { tusOf } from '../support/tus.ts';

let desk: TestDesk;
let agent: Client;
let ticketId: string;
let folder: string;
beforeAll(async () => {
  desk = await openTestDesk();
  agent = await desk.person('agent');
  ticketId = await agent.openTicket();
  folder = await mkdtemp(join(tmpdir(), 'docket-backups-'));
});
afterAll(async () => {
  await desk.close();
  await rm(folder, { recursive: true, force: true });
});

let made = 0;
const newFolder = () => {
  made += 1;
  return join(folder, String(made));
};
const attach = (text: string) => agent.attach(ticketId, { name: 'a.txt', bytes: text });
async function keyOf(id: string): Promise<string> {
  const row = await desk.db
    .selectFrom('ticket_attachments')
    .select('file_path')
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  return row.file_path;
}
const pathOf = async (id: string) => join(desk.dataDir, 'storage', await keyOf(id));

test('every table of the database has its fate', async () => {
  const { rows } = await sql<{ name: string }>`
    SELECT relname AS name FROM pg_class
    WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p') AND relname NOT LIKE 'kysely%'
  `.execute(desk.db);
  expect(rows.map(({ name }) => name).sort()).toEqual(tablesThatAre('kept', 'again', 'moment').sort());
});

describe('a folder', () => {
  test('that is not empty, or is none, is refused before anything is written', async () => {
    const path = newFolder();
    await backUpOf(desk, { folder: path });
    const before = await filesBelow(path);
    await expect(backUpOf(desk, { folder: path })).rejects.toThrow('is not empty');
    expect(await filesBelow(path)).toEqual(before);
    const file = newFolder();
    await writeFile(file, '');
    await expect(backUpOf(desk, { folder: file })).rejects.toThrow('cannot be a folder');
  });

  test('holds nothing but the backup in the end', async () => {
    const path = newFolder();
    await backUpOf(desk, { folder: path });
    const [tables, other] = [/^tables\/\w+\.copy$/, /^(manifest\.json|files\.jsonl|files\/..\/\w{64})$/];
    const strange = (await filesBelow(path)).filter((name) => !tables.test(name) && !other.test(name));
    expect(strange).toEqual([]);
  });
});

test('files that are missing, cut or changed are told, and all others are in the backup', async () => {
  const [fine, missing, cut, changed] = [
    await attach('fine'),
    await attach('missing'),
    await attach('cut short'),
    await attach('changed'),
  ];
  await rm(await pathOf(missing));
  await truncate(await pathOf(cut), 3);
  await writeFile(await pathOf(changed), 'CHANGED');
  const { manifest, problems, path } = await backUpOf(desk, { folder: newFolder() });
  expect(new Map(problems.map(({ id, problem }) => [id, problem]))).toEqual(
    new Map([
      [missing, 'missing'],
      [cut, 'changed'],
      [changed, 'changed'],
    ]),
  );
  expect(manifest.files).toMatchObject({ problems: 3 });

  const restored = await openRestored(path);
  try {
    const person = await restored.person('agent');
    const statusOf = async (id: string) => (await person.get(`/attachments/${id}/download`)).status;
    expect(await statusOf(fine)).toBe(200);
    expect(await statusOf(missing)).toBe(500);
  } finally {
    await restored.close();
  }
  await desk.db.deleteFrom('ticket_attachments').where('id', 'in', [missing, cut, changed]).execute();
  await sql`TRUNCATE attachment_totals`.execute(desk.db);
});

describe('an object that is not where its row said', () => {
  const named = async (id: string): Promise<NamedObject> => {
    const row = await desk.db
      .selectFrom('ticket_attachments')
      .select(['id', 'file_path', 'storage', 'key_id', 'sha256', 'file_size as size'])
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    return { kind: 'attachment', ...row, position: null };
  };
  async function take(object: NamedObject) {
    const { take } = createCopies({
      db: desk.db,
      stores: storageOf(parseConfig({ DOCKET_DATA_DIR: desk.dataDir })),
    });
    let text = '';
    const taken = await take(object, async (bytes, isRight) => {
      text = '';
      for await (const chunk of bytes) text += Buffer.from(chunk);
      const copy = { size: text.length, sha256: object.sha256 ?? '' };
      return (await isRight(copy)) ? copy : undefined;
    });
    return { ...taken, text };
  }

  test('is found where it has moved: claimed, then at its ticket, then in quarantine', async () => {
    const id = await agent.stage({ name: 'moving.txt', bytes: 'moving' });
    const staged = await desk.db
      .selectFrom('uploads')
      .select(['file_path', 'storage', 'key_id', 'sha256'])
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    const before: NamedObject = {
      ...{ kind: 'upload', id, size: 6, storage: 'disk', key_id: null, position: null },
      ...{ file_path: staged.file_path ?? '', sha256: staged.sha256 },
    };
    await agent.post(`/tickets/${ticketId}/replies`, { body: 'x', upload_ids: [id] });
    const claimed = await named(id);
    await desk.services.attachments.rehome(id);
    expect(await take(before)).toMatchObject({ is: 'kept', text: 'moving' });
    await desk.db
      .updateTable('ticket_attachments')
      .set({ virus_scan_status: 'infected' })
      .where('id', '=', id)
      .execute();
    await desk.services.attachments.sweep('quick');
    expect(await keyOf(id)).toMatch(/^quarantine\//);
    expect(await take(before)).toMatchObject({ is: 'kept', text: 'moving' });
    expect(await take(claimed)).toMatchObject({ is: 'kept', text: 'moving' });
  });

  test('is no loss where its row let go of it: purged, given up, or put together', async () => {
    const id = await attach('purged');
    const before = await named(id);
    await rm(await pathOf(id));
    expect(await take(before)).toMatchObject({ is: 'missing' });
    await desk.db
      .updateTable('ticket_attachments')
      .set({ purged_at: new Date(), deleted_at: new Date() })
      .where('id', '=', id)
      .execute();
    expect(await take(before)).toMatchObject({ is: 'gone' });

    const path = await tusOf(agent).begin(10);
    await tusOf(agent).patch(path, 0, 'hello');
    const segment = await desk.db.selectFrom('upload_segments').selectAll().executeTakeFirstOrThrow();
    const piece: NamedObject = { ...segment, kind: 'segment', id: segment.upload_id, sha256: null };
    expect(await take(piece)).toMatchObject({ is: 'kept', text: 'hello' });
    await tusOf(agent).patch(path, 5, 'world');
    await desk.services.attachments.sweep('quick');
    expect(await take(piece)).toMatchObject({ is: 'gone' });
  });
});

test('what is let go of between the tables and the files comes back without a row that misses bytes', async () => {
  const purged = await attach('to be purged');
  const atOnce = await attach('purged at once by an admin');
  const staged = await agent.stage({ name: 'given-up.txt', bytes: 'given up' });
  await agent.send('DELETE', `/attachments/${purged}`);
  const path = newFolder();
  const { to, db, dataDir } = desk;
  const stores = storageOf(parseConfig({ DOCKET_DATA_DIR: dataDir }));
  let meanwhile: Promise<unknown> | undefined;
  async function letGo(): Promise<void> {
    await agent.send('DELETE', `/uploads/${staged}`);
    await rm(await pathOf(purged));
    await rm(await pathOf(atOnce));
    await db
      .updateTable('ticket_attachments')
      .set({ purged_at: new Date(), deleted_at: new Date() })
      .where('id', 'in', [purged, atOnce])
      .execute();
  }
  const late: typeof stores = {
    ...stores,
    at(row) {
      const store = stores.at(row);
      const read = async (key: string) => {
        meanwhile ??= letGo();
        await meanwhile;
        return store.read(key);
      };
      return { ...store, read };
    },
  };
  const { problems } = await backUp({ to, db, stores: late }, path, () => {});
  expect(problems).toEqual([]);
  expect(meanwhile).toBeDefined();
  const restored = await openRestored(path);
  try {
    const rows = await restored.db
      .selectFrom('ticket_attachments')
      .select(['purged_at', 'deleted_at'])
      .where('id', 'in', [purged, atOnce])
      .execute();
    const isPurged = { purged_at: expect.any(Date), deleted_at: expect.any(Date) };
    expect(rows).toEqual([isPurged, isPurged]);
    const { rows: totals } = await sql`
      SELECT file_count - (SELECT count(*) FROM ticket_attachments WHERE deleted_at IS NULL) AS too_many
      FROM attachment_totals`.execute(restored.db);
    expect(totals).toEqual([{ too_many: 0 }]);
    const uploads = await restored.db.selectFrom('uploads').select('id').where('id', '=', staged).execute();
    expect(uploads).toEqual([]);
  } finally {
    await restored.close();
  }
});

test('a folder for files that an admin chose is not taken over: those that come back are in the data folder', async () => {
  await sql`
    INSERT INTO file_storage_config (id, storage_type, base_path, max_file_size, allowed_mime_types)
    VALUES ('c', 'disk', '/srv/the-old-desk', 1000, '["text/plain"]')`.execute(desk.db);
  const { path } = await backUpOf(desk, { folder: newFolder() });
  const restored = await openRestored(path);
  try {
    const { rows } = await sql`
      SELECT base_path, max_file_size FROM file_storage_config ORDER BY version`.execute(restored.db);
    expect(rows).toEqual([
      { base_path: '/srv/the-old-desk', max_file_size: 1000 },
      { base_path: null, max_file_size: 1000 },
    ]);
  } finally {
    await restored.close();
  }
});

test.runIf(mayMount)('a disk that is full ends it, and what is there is no backup', async () => {
  const disk = await mountSmallDisk('size=300k');
  try {
    await attach('x'.repeat(400_000));
    const path = join(disk.folder, 'backup');
    await expect(backUpOf(desk, { folder: path })).rejects.toThrow('no room left');
    expect(await readdir(path)).not.toContain('manifest.json');
    await expect(openRestored(path)).rejects.toThrow('was cut before its end');
  } finally {
    await disk.unmount();
  }
});

test('a database of another schema is not backed up', async () => {
  await sql`DELETE FROM kysely_migration WHERE name LIKE '0009%'`.execute(desk.db);
  try {
    await expect(backUpOf(desk, { folder: newFolder() })).rejects.toThrow('of another version of Docket');
  } finally {
    await sql`INSERT INTO kysely_migration VALUES ('0009-whereabouts', '2026-11-23T00:00:00.000Z')`.execute(
      desk.db,
    );
  }
});
