import { createHash, randomUUID } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { createHashing } from '../../src/attachments/index.ts';
import { backUp } from '../../src/backup/backup.ts';
import { restore } from '../../src/backup/restore.ts';
import { type Config, parseConfig } from '../../src/config.ts';
import type { Db } from '../../src/db/open.ts';
import { tablesThatAre } from '../../src/db/tables.ts';
import { spoolOf, storageOf } from '../../src/storage.ts';
import { PASSWORD } from './browser.ts';
import type { Client } from './client.ts';
import { createEmptyDatabase } from './database.ts';
import { openTestDesk, type TestDesk } from './desk.ts';
import { tusOf } from './tus.ts';

/** A desk with something of every kind that a backup has to bring back. */
export interface FullDesk {
  desk: TestDesk;
  agent: Client;
  customer: Client;
  /** Who signs in with `PASSWORD`. */
  email: string;
  ticketId: string;
  files: Record<'plain' | 'claimed' | 'internal' | 'deleted' | 'quarantined', string>;
  /** Not on a ticket yet. */
  staged: string;
  /** A resumable upload of `PARTIAL` bytes, and how many of them have come. */
  partial: { path: string; text: string; come: number };
}

export async function openFullDesk(config: Partial<Config> = {}): Promise<FullDesk> {
  const desk = await openTestDesk({ config });
  const agent = await desk.person('agent', 'Agnes');
  const customer = await desk.person('customer', 'Rita "the\\backslash"\tTab');
  const email = `${randomUUID()}@example.com`;
  await desk.services.accounts.people.create({ name: 'Ann', role: 'customer', email, password: PASSWORD });
  const ticketId = await customer.openTicket({ description: 'It is\non fire: 🔥 \\N' });
  const attach = (who: Client, text: string) =>
    who.attach(ticketId, { name: `${text}.txt`, bytes: `${text}\n`.repeat(1_000) });
  const plain = await attach(customer, 'plain');
  const deleted = await attach(customer, 'deleted');
  await customer.send('DELETE', `/attachments/${deleted}`);
  const quarantined = await attach(customer, 'bad');
  await desk.db
    .updateTable('ticket_attachments')
    .set({ virus_scan_status: 'infected', virus_scan_result: 'Test' })
    .where('id', '=', quarantined)
    .execute();
  await desk.services.attachments.sweep('quick');
  const claimed = await customer.stage({ name: 'claimed.txt', bytes: 'claimed\n' });
  await customer.post(`/tickets/${ticketId}/replies`, { body: 'Here.', upload_ids: [claimed] });
  const internal = await agent.stage({ name: 'note.txt', bytes: 'for agents\n' });
  await agent.post(`/tickets/${ticketId}/replies`, { body: 'Hm.', internal: true, upload_ids: [internal] });
  const staged = await customer.stage({ name: 'staged.txt', bytes: 'staged\n' });
  const text = 'a piece and another piece\n'.repeat(500);
  const path = await tusOf(customer).begin(text.length);
  const come = 5_000;
  await tusOf(customer).patch(path, 0, text.slice(0, come));
  return {
    ...{ desk, agent, customer, email, ticketId, staged },
    files: { plain, claimed, internal, deleted, quarantined },
    partial: { path, text, come },
  };
}

/** The desk again, on another database and in another data folder, from a backup. `close` drops both. */
export async function openRestored(folder: string, config: Partial<Config> = {}): Promise<TestDesk> {
  const database = await createEmptyDatabase();
  const dataDir = await mkdtemp(join(tmpdir(), 'docket-restored-'));
  await restoreInto({ to: database.to, dataDir }, folder, config);
  return openTestDesk({ database, config: { ...config, dataDir } });
}

export async function restoreInto(
  { to, dataDir }: Pick<TestDesk, 'to' | 'dataDir'>,
  folder: string,
  more: Partial<Config> = {},
  without = { damaged: false },
) {
  const config = { ...parseConfig({ DOCKET_DATA_DIR: dataDir }), ...more };
  const hashing = createHashing();
  try {
    const spool = spoolOf(config, hashing, 0);
    await spool.prepare();
    return await restore({ to, stores: storageOf(config), spool }, folder, without, () => {});
  } finally {
    await hashing.close();
  }
}

/** In a new folder, unless it is to be this one. */
export async function backUpOf(
  { to, db, dataDir }: TestDesk,
  { folder, ...more }: Partial<Config> & { folder?: string } = {},
) {
  const path = folder ?? join(await mkdtemp(join(tmpdir(), 'docket-backup-')), 'one');
  const stores = storageOf({ ...parseConfig({ DOCKET_DATA_DIR: dataDir }), ...more });
  return { path, ...(await backUp({ to, db, stores }, path, () => {})) };
}

/** Every row of every table that is kept, as text. */
export async function rowsOf(db: Db): Promise<Record<string, string[]>> {
  const all: Record<string, string[]> = {};
  for (const table of tablesThatAre('kept')) {
    const { rows } = await sql<{ row: string }>`SELECT it::text AS row FROM ${sql.table(table)} it`.execute(
      db,
    );
    all[table] = rows.map(({ row }) => row).sort();
  }
  return all;
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
