import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { get } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Client, idOf, note } from '../support/client.ts';
import { openBelow } from '../support/descriptors.ts';
import { openTestDesk, type TestDesk } from '../support/desk.ts';
import { canvas, png } from '../support/png.ts';
import { unzip } from '../support/zip.ts';

let desk: TestDesk;
let requester: Client;
let agent: Client;
let ticket: string;
beforeAll(async () => {
  desk = await openTestDesk({ config: { maxFilesPerTicket: 100 } });
  [requester, agent] = await Promise.all([desk.person('customer'), desk.person('agent')]);
});
afterAll(() => desk?.close());
beforeEach(async () => {
  ticket = await requester.openTicket({ subject: 'Lamp, "broken"' });
});

const archive = (by = requester) => by.get(`/tickets/${ticket}/attachments.zip`);
const opened = async (by = requester) => {
  const response = await archive(by);
  expect(response.status).toBe(200);
  return unzip(Buffer.from(await response.arrayBuffer()));
};
const namesIn = async (by = requester) => [...(await opened(by)).keys()];
const manifestIn = async (by = requester) => (await opened(by)).get('MANIFEST.txt')?.content.toString() ?? '';
const change = (id: string, columns: object) =>
  desk.db.updateTable('ticket_attachments').set(columns).where('id', '=', id).execute();
const sum = (bytes: Buffer | string) => createHash('sha256').update(bytes).digest('hex');
const noise = (bytes: number) => Buffer.from(randomBytes(bytes / 2).toString('hex'));

test('holds every file byte for byte, and a manifest of their sums', async () => {
  const picture = png(canvas(50, 50, [200, 0, 0]));
  const large = noise(3_000_000);
  await requester.attach(ticket, { name: 'red.png', bytes: picture });
  await requester.attach(ticket, { name: 'large.txt', bytes: large });
  await agent.attach(ticket, note('Grüße', 'Größe 你好.txt'));

  const response = await archive();
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-type': 'application/zip',
    'content-disposition': expect.stringMatching(/^attachment; filename=ticket-\d+\.zip/),
    'cache-control': 'private, no-store',
    'x-content-type-options': 'nosniff',
    'content-security-policy': "sandbox; default-src 'none'",
  });
  const entries = await unzip(Buffer.from(await response.arrayBuffer()));
  expect([...entries.keys()]).toEqual(['red.png', 'large.txt', 'Größe 你好.txt', 'MANIFEST.txt']);
  expect(entries.get('red.png')?.content.equals(picture)).toBe(true);
  expect(entries.get('large.txt')?.content.equals(large)).toBe(true);
  expect([entries.get('red.png')?.stored, entries.get('large.txt')?.stored]).toEqual([true, false]);
  const manifest = entries.get('MANIFEST.txt')?.content.toString() ?? '';
  expect(manifest).toMatch(/^# Ticket \d+: Lamp, "broken"\n/);
  expect(manifest.split('\n').filter((line) => line && !line.startsWith('#'))).toEqual([
    `${sum(picture)}  red.png`,
    `${sum(large)}  large.txt`,
    `${sum('Grüße')}  Größe 你好.txt`,
  ]);
});

test('gives files of one name different ones, and says so', async () => {
  for (const text of ['one', 'two']) await requester.attach(ticket, note(text, 'a.txt'));
  await requester.attach(ticket, note('three', 'A.TXT'));
  await requester.attach(ticket, note('four', 'manifest.txt'));
  const entries = await opened();
  expect([...entries.keys()]).toEqual([
    'a.txt',
    'a (2).txt',
    'A (3).TXT',
    'manifest (2).txt',
    'MANIFEST.txt',
  ]);
  expect(entries.get('a (2).txt')?.content.toString()).toBe('two');
  expect(entries.get('MANIFEST.txt')?.content.toString()).toContain('#   a (2).txt: a.txt\n');
});

test('of a ticket without files is a manifest', async () => {
  expect(await namesIn()).toEqual(['MANIFEST.txt']);
});

test('holds for customers nothing that is internal or deleted', async () => {
  await requester.attach(ticket, note('mine', 'mine.txt'));
  const gone = await requester.attach(ticket, note('gone', 'gone.txt'));
  await requester.send('DELETE', `/attachments/${gone}`);
  const reply = await agent.post(`/tickets/${ticket}/replies`, { body: 'Hm.', internal: true });
  const path = `/tickets/${ticket}/replies/${idOf(await reply.json())}/attachments`;
  await agent.upload(path, note('secret', 'secret.txt'));
  expect(await namesIn()).toEqual(['mine.txt', 'MANIFEST.txt']);
  expect(await manifestIn()).not.toMatch(/secret|gone/);
  expect(await namesIn(agent)).toEqual(['mine.txt', 'secret.txt', 'MANIFEST.txt']);
});

describe('what is left out, the manifest says', () => {
  test('of files that their verdict holds back', async () => {
    const pending = await requester.attach(ticket, note('p', 'pending.txt'));
    const infected = await requester.attach(ticket, note('i', 'infected.txt'));
    await change(pending, { virus_scan_status: 'pending' });
    await change(infected, { virus_scan_status: 'quarantined' });
    expect(await namesIn(requester)).toEqual(['pending.txt', 'MANIFEST.txt']);
    expect(await namesIn(agent)).toEqual(['MANIFEST.txt']);
    const manifest = await manifestIn(agent);
    expect(manifest).toContain('#   pending.txt: scan_pending. The file pending.txt is still being checked');
    expect(manifest).toContain('#   infected.txt: infected. ');
  });

  test('of files whose bytes are missing, cut or changed', async () => {
    await requester.attach(ticket, note('whole', 'whole.txt'));
    for (const [name, damage] of [
      ['missing.txt', { file_path: 'tickets/nowhere/nothing' }],
      ['cut.txt', { file_size: 4_000_000 }],
      ['changed.txt', { sha256: '0'.repeat(64) }],
    ] as const) {
      await change(await requester.attach(ticket, note(noise(2_000_000).toString(), name)), damage);
    }
    const entries = await opened();
    expect([...entries.keys()]).toEqual(['whole.txt', 'MANIFEST.txt']);
    const manifest = entries.get('MANIFEST.txt')?.content.toString() ?? '';
    for (const name of ['missing.txt', 'cut.txt', 'changed.txt']) {
      expect(manifest).toContain(`#   ${name}: attachment_damaged. `);
    }
    expect(desk.log.filter((line) => line.alarm === 'integrity').length).toBeGreaterThanOrEqual(3);
  });
});

test('every file that goes out is in the audit', async () => {
  const id = await requester.attach(ticket);
  await opened(agent);
  const rows = await desk.db
    .selectFrom('attachment_events')
    .select(['event', 'actor_id', 'detail'])
    .where('attachment_id', '=', id)
    .where('event', '=', 'downloaded')
    .execute();
  expect(rows).toEqual([{ event: 'downloaded', actor_id: agent.id, detail: { packed: 'zip', range: null } }]);
});

test('HEAD reads no file', async () => {
  const id = await requester.attach(ticket);
  const response = await requester.fetch(`/tickets/${ticket}/attachments.zip`, { method: 'HEAD' });
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/zip']);
  const told = desk.db.selectFrom('attachment_events').select('event').where('attachment_id', '=', id);
  expect(await told.execute()).toEqual([{ event: 'uploaded' }]);
});

test('a file that breaks while it goes out breaks the archive', async () => {
  const id = await requester.attach(ticket, note(noise(20_000_000).toString(), 'large.txt'));
  const { file_path } = await desk.db
    .selectFrom('ticket_attachments')
    .select('file_path')
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  const response = await archive();
  const reader = response.body?.getReader();
  await reader?.read();
  // It is intact so far, and on its way, but held up by whoever does not read on.
  await writeFile(join(desk.dataDir, 'storage', file_path), noise(20_000_000));
  await expect(
    (async () => {
      for (;;) if ((await reader?.read())?.done) return;
    })(),
  ).rejects.toThrow();
});

test.skipIf(process.platform !== 'linux')('who goes away is not read for any longer', async () => {
  const ids = [];
  for (let count = 0; count < 4; count += 1) {
    ids.push(await requester.attach(ticket, note(noise(20_000_000).toString(), `${count}.txt`)));
  }
  const url = `${requester.url}/tickets/${ticket}/attachments.zip`;
  const request = get(url, { agent: false, headers: { authorization: `Bearer ${requester.token}` } });
  await once(request, 'response');
  // Nobody reads on, which holds it up at the first file.
  await sleep(700);
  // By the answer, and by the thread that hashes behind it.
  expect(new Set(await openBelow(join(desk.dataDir, 'storage'))).size).toBe(1);
  request.on('error', () => {}).destroy();
  await expect.poll(() => openBelow(join(desk.dataDir, 'storage'))).toEqual([]);
  const { count } = await desk.db
    .selectFrom('attachment_events')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('attachment_id', 'in', ids)
    .where('event', '=', 'downloaded')
    .executeTakeFirstOrThrow();
  expect(count).toBe(1);
});
