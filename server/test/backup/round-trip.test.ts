import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Browser } from '../support/browser.ts';
import { Client } from '../support/client.ts';
import type { TestDesk } from '../support/desk.ts';
import { expectOrder } from '../support/disorder.ts';
import { backUpOf, type FullDesk, openFullDesk, openRestored, rowsOf, sha256 } from '../support/full-desk.ts';
import { offsetIn, tusOf } from '../support/tus.ts';

let full: FullDesk;
let restored: TestDesk;
let backup: Awaited<ReturnType<typeof backUpOf>>;

beforeAll(async () => {
  full = await openFullDesk();
  backup = await backUpOf(full.desk);
  restored = await openRestored(backup.path);
}, 120_000);
afterAll(async () => {
  await restored?.close();
  await full?.desk.close();
  await rm(dirname(backup.path), { recursive: true, force: true });
});

/** Somebody of the desk that was backed up, at the one that was restored. */
const again = (person: Client) => new Client(restored.url, person.token, person.id);

test('every row is the same in both', async () => {
  expect(backup.problems).toEqual([]);
  const rows = await rowsOf(full.desk.db);
  expect(await rowsOf(restored.db)).toEqual(rows);
  for (const table of ['attachment_events', 'uploads', 'upload_segments', 'secrets', 'api_tokens'])
    expect(rows[table]?.length).toBeGreaterThan(0);
});

test('nothing has happened a second time: neither counts nor the audit grew', async () => {
  const { rows } = await sql`SELECT kind FROM ticket_events`.execute(restored.db);
  expect(rows).toEqual([{ kind: 'reset' }]);
});

describe('at the restored desk', () => {
  test('a password still signs in', async () => {
    expect((await new Browser(restored.url).signIn(full.email)).status).toBe(200);
    expect((await new Browser(restored.url).signIn(full.email, 'another one 12')).status).toBe(401);
  });

  test.each(['plain', 'claimed', 'internal'] as const)(
    'the %s file is the same to the byte',
    async (name) => {
      const before = await full.agent.get(`/attachments/${full.files[name]}/download`);
      const after = await again(full.agent).get(`/attachments/${full.files[name]}/download`);
      expect(after.status).toBe(200);
      expect(sha256(await after.bytes())).toBe(sha256(await before.bytes()));
    },
  );

  test('who may not see an internal file still may not', async () => {
    expect((await again(full.customer).get(`/attachments/${full.files.internal}/download`)).status).toBe(404);
  });

  test('a deleted file can be brought back, and a quarantined one is still blocked', async () => {
    const customer = again(full.customer);
    const { deleted, quarantined } = full.files;
    expect((await customer.get(`/attachments/${quarantined}/download`)).status).toBe(403);
    expect((await customer.send('POST', `/attachments/${deleted}/restore`)).status).toBe(200);
    expect((await customer.get(`/attachments/${deleted}/download`)).status).toBe(200);
  });

  test('a resumable upload goes on where it was, and a staged file is sent', async () => {
    const { path, text, come } = full.partial;
    const customer = again(full.customer);
    expect(offsetIn(await tusOf(customer).head(path))).toBe(come);
    expect((await tusOf(customer).patch(path, come, text.slice(come))).status).toBe(204);
    const upload_ids = [full.staged, path.split('/').at(-1)];
    const reply = await customer.post(`/tickets/${full.ticketId}/replies`, { body: 'Both.', upload_ids });
    expect(reply.status).toBe(201);
  });

  test('numbers go on where they were, and triggers do their work', async () => {
    const customer = again(full.customer);
    const ticket = await (await customer.post('/tickets', { subject: 'Next', description: 'x' })).json();
    expect(ticket).toMatchObject({ number: 2 });
    await customer.attach(full.ticketId);
    const { rows } = await sql`SELECT 1 FROM ticket_events WHERE kind = 'attachment_added'`.execute(
      restored.db,
    );
    expect(rows.length).toBeGreaterThan(0);
    await expect(sql`DELETE FROM attachment_events`.execute(restored.db)).rejects.toThrow('append-only');
  });

  test('rows and bytes are one to one after the sweep', async () => {
    await restored.services.attachments.sweep('quick');
    await expectOrder(restored);
  });
});

describe('the folder of a backup', () => {
  test('is for nobody but its owner', async () => {
    const entries = await readdir(backup.path, { recursive: true, withFileTypes: true });
    for (const entry of entries) {
      const { mode } = await stat(join(entry.parentPath, entry.name));
      expect([entry.name, mode & 0o077]).toEqual([entry.name, 0]);
    }
    expect((await stat(backup.path)).mode & 0o777).toBe(0o700);
  });

  test('says what it is', async () => {
    const manifest = JSON.parse(await readFile(join(backup.path, 'manifest.json'), 'utf8'));
    expect(manifest.format).toBe('docket-backup-1');
    expect(manifest.files).toMatchObject({ kept: 7, problems: 0 });
    const users = manifest.tables.find(({ name }: { name: string }) => name === 'users');
    expect(users).toMatchObject({ rows: 3, file: { size: expect.any(Number) } });
  });
});
