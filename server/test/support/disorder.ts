import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { expect } from 'vitest';
import type { TestDesk } from './desk.ts';

/** Everything that an upload could leave behind, and nothing should. */
interface Disorder {
  /** Slots and reservations of uploads that are still held to be running. */
  running: string[];
  spooled: string[];
  bytesWithoutRow: string[];
  rowsWithoutBytes: string[];
  /** Tickets whose count or size is not that of their files. */
  wrongTotals: unknown[];
}

/**
 * Sees that nothing is half-way: no slot, no reservation, no spool file, rows and stored bytes one to one, and every
 * ticket's totals those of its files. At once, unless whoever left can only be noticed a moment later.
 */
export async function expectOrder(desk: TestDesk, within = 0): Promise<void> {
  const patience = Date.now() + within;
  let found = await disorder(desk);
  while (Date.now() < patience && Object.values(found).some((list) => list.length > 0)) {
    await sleep(20);
    found = await disorder(desk);
  }
  expect(found).toEqual({
    running: [],
    spooled: [],
    bytesWithoutRow: [],
    rowsWithoutBytes: [],
    wrongTotals: [],
  });
}

async function disorder({ db, dataDir }: TestDesk): Promise<Disorder> {
  const uploads = await db.selectFrom('uploads').select(['id', 'state', 'file_path']).execute();
  const attachments = await db
    .selectFrom('ticket_attachments')
    .select('file_path')
    .where('bytes_gone_at', 'is', null)
    .execute();
  const thumbnails = await db.selectFrom('thumbnails').select('file_path').execute();
  const segments = await db.selectFrom('upload_segments').select('file_path').execute();
  const rows = new Set(
    [
      ...attachments,
      ...thumbnails,
      ...segments,
      ...uploads.filter(({ state }) => state !== 'receiving'),
    ].flatMap(({ file_path }) => file_path ?? []),
  );
  const stored = await filesBelow(join(dataDir, 'storage'));
  const bytes = new Set(stored);
  return {
    running: uploads.filter(({ state }) => state === 'receiving').map(({ id }) => id),
    spooled: await readdir(join(dataDir, 'spool')),
    bytesWithoutRow: stored.filter((key) => !rows.has(key)),
    rowsWithoutBytes: [...rows].filter((key) => !bytes.has(key)),
    wrongTotals: await wrongTotals(db),
  };
}

async function wrongTotals(db: TestDesk['db']): Promise<unknown[]> {
  const { rows } = await sql`
    SELECT ticket_id, internal, file_count, total_size, files, size FROM attachment_totals
    FULL JOIN (
      SELECT ticket_id, internal, count(*) AS files, sum(file_size)::bigint AS size
      FROM ticket_attachments WHERE deleted_at IS NULL GROUP BY ticket_id, internal
    ) live USING (ticket_id, internal)
    WHERE coalesce(file_count, 0) <> coalesce(files, 0) OR coalesce(total_size, 0) <> coalesce(size, 0)
  `.execute(db);
  return rows;
}

/** Keys of every file below a folder, empty ones left out of the telling. */
export async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
}
