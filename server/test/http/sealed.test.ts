import { randomBytes } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Config } from '../../src/config.ts';
import { answerOf } from '../support/browser.ts';
import { type Client, note } from '../support/client.ts';
import { openTestDesk, type TestDesk } from '../support/desk.ts';
import { canvas, png } from '../support/png.ts';
import { expectProblem } from '../support/problem.ts';
import { textOf } from '../support/samples.ts';
import { tusOf } from '../support/tus.ts';

const [present, next] = [randomBytes(32), randomBytes(32)];

let desk: TestDesk;
let requester: Client;
let ticket: string;
beforeAll(async () => {
  desk = await openTestDesk({ config: { sealing: [present], maxFilesPerTicket: 1000 } });
  requester = await desk.person('customer');
  ticket = await requester.openTicket();
});
afterAll(() => desk?.close());
beforeEach(() => void desk.log.splice(0));

async function bytesOn(id: string): Promise<string> {
  const { file_path } = await desk.db
    .selectFrom('ticket_attachments')
    .select('file_path')
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  return join(desk.dataDir, 'storage', file_path);
}

const download = async (id: string, by = requester, headers: Record<string, string> = {}) =>
  (await by.get(`/attachments/${id}/download`, headers)).text();

/** The same person at a desk beside it that is set otherwise. */
async function beside(config: Partial<Config>, work: (person: Client) => Promise<void>): Promise<void> {
  const other = await openTestDesk({ config, beside: desk });
  try {
    await work(Object.assign(Object.create(requester), { url: `${other.url}/api/v1` }));
  } finally {
    await other.close();
  }
}

describe('with a key', () => {
  test('nothing that is stored can be read on the disk, whichever way it came', async () => {
    const text = `a secret ${'of the house\n'.repeat(20_000)}`;
    const attached = await requester.attach(ticket, note(text));
    const staged = await requester.stage(note(text));
    await requester.post(`/tickets/${ticket}/replies`, { body: 'See the file.', upload_ids: [staged] });
    const tus = tusOf(requester);
    const path = await tus.begin(text.length, { ticket_id: ticket });
    await tus.patch(path, 0, text.slice(0, 100_000));
    const onDisk = async () => {
      const folder = join(desk.dataDir, 'storage');
      const entries = await readdir(folder, { recursive: true, withFileTypes: true });
      const files = entries.filter((entry) => entry.isFile());
      return Promise.all(files.map((entry) => readFile(join(entry.parentPath, entry.name))));
    };
    const before = await onDisk();
    expect(before.length).toBe(3);
    expect(before.filter((bytes) => bytes.includes('secret'))).toEqual([]);

    await tus.patch(path, 100_000, text.slice(100_000));
    await desk.services.attachments.sweep('quick');
    const { attachment_id: pieced } = await tus.record(path);
    for (const id of [attached, staged, String(pieced)]) {
      expect(await download(id)).toBe(text);
      expect(await download(id, requester, { range: 'bytes=65530-65545' })).toBe(text.slice(65_530, 65_546));
    }
    expect((await onDisk()).filter((bytes) => bytes.includes('secret'))).toEqual([]);
    expect(await readdir(join(desk.dataDir, 'spool'))).toEqual([]);
  });

  test('a picture has its thumbnail, sealed too', async () => {
    const id = await requester.attach(ticket, { name: 'a.png', bytes: png(canvas(40, 30, [200, 30, 30])) });
    const thumbnail = await requester.get(`/attachments/${id}/thumbnail`);
    expect(thumbnail.headers.get('content-type')).toBe('image/webp');
    expect(Buffer.from(await thumbnail.arrayBuffer()).toString('latin1', 0, 4)).toBe('RIFF');
    const row = await desk.db
      .selectFrom('thumbnails')
      .selectAll()
      .where('attachment_id', '=', id)
      .executeTakeFirstOrThrow();
    expect(row.key_id).toMatch(/^[0-9a-f]{16}$/);
  });

  test.each([{}, { range: 'bytes=0-9' }])('a changed file is not served, and told: %o', async (headers) => {
    const id = await requester.attach(ticket, note('It burns.\n'.repeat(100)));
    const path = await bytesOn(id);
    const sealed = await readFile(path);
    sealed[100] = (sealed[100] ?? 0) ^ 1;
    await writeFile(path, sealed);
    const answer = await answerOf(await requester.get(`/attachments/${id}/download`, headers));
    expectProblem(answer, 500, 'attachment_damaged');
    expect(desk.log.filter(({ alarm }) => alarm === 'integrity')).toHaveLength(1);
  });

  test('a large file that changed in the middle breaks off', async () => {
    const id = await requester.attach(ticket, { name: 'long.txt', bytes: textOf(2_000_000) });
    const path = await bytesOn(id);
    const sealed = await readFile(path);
    sealed[1_500_000] = (sealed[1_500_000] ?? 0) ^ 1;
    await writeFile(path, sealed);
    await expect(download(id)).rejects.toThrow();
    expect(desk.log.filter(({ alarm }) => alarm === 'integrity')).toHaveLength(1);
  });
});

test('files from before there was a key are read as they are, and new ones are sealed', async () => {
  let old = '';
  await beside({ sealing: [] }, async (person) => {
    old = await person.attach(ticket, note('from before\n'));
  });
  expect(await readFile(await bytesOn(old), 'utf8')).toBe('from before\n');
  expect(await download(old)).toBe('from before\n');
});

test('with the next key the one before still opens what it sealed', async () => {
  const old = await requester.attach(ticket, note('sealed before\n'));
  await beside({ sealing: [next, present] }, async (person) => {
    expect(await download(old, person)).toBe('sealed before\n');
    const fresh = await person.attach(ticket, note('sealed now\n'));
    expect(await download(fresh, person)).toBe('sealed now\n');
    // Instances are changed over one after the other: first all of them must know the new key.
    expect((await requester.get(`/attachments/${fresh}/download`)).status).toBe(500);
  });
});
