import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { Browser, PASSWORD } from '../support/browser.ts';
import type { Client } from '../support/client.ts';
import { docket } from '../support/docket.ts';
import { textOf } from '../support/samples.ts';
import { mayMount, mountSmallDisk } from '../support/small-disk.ts';
import { type LiveDesk, openLiveDesk } from './live-desk.ts';
import { MB } from './process-figures.ts';

// The database with its log, which has its place from the start, takes about 120 MB; uploads leave 64 MiB.
const DISK = 330 * MB;
const BALLAST = 60 * MB;
const FILE = 7 * MB;
const AT_ONCE = 12;

if (!mayMount) console.warn('NOT TESTED: a full disk. This needs the right to mount one.');

describe.runIf(mayMount || process.env.CI)('spool, storage and database on one disk that fills up', () => {
  let disk: Awaited<ReturnType<typeof mountSmallDisk>>;
  let desk: LiveDesk;
  let person: Client;
  const acknowledged = new Map<string, string>();
  const refusals: string[] = [];

  beforeAll(async () => {
    disk = await mountSmallDisk(`size=${DISK}`);
    await writeFile(join(disk.folder, 'ballast'), Buffer.alloc(BALLAST));
    desk = await openLiveDesk({}, disk.folder);
    person = await desk.person();
  }, 60_000);
  afterAll(async () => {
    await desk?.close();
    await disk?.unmount();
  });

  async function upload(ticket: string, number: number): Promise<number> {
    const bytes = Buffer.from(`${number}\n${textOf(FILE)}`);
    const response = await person.upload(`/tickets/${ticket}/attachments`, { name: 'full.txt', bytes });
    const answer = (await response.json()) as { id: string; code: string };
    if (response.status === 201)
      acknowledged.set(answer.id, createHash('sha256').update(bytes).digest('hex'));
    else refusals.push(`${response.status} ${answer.code}`);
    return response.status;
  }

  /** Free bytes for those who are no superuser. */
  const room = () =>
    Number(execFileSync('df', ['--output=avail', '-B1', disk.folder], { encoding: 'utf8' }).split('\n')[1]);

  /** A download leaves a trace in the audit: where the disk has no place even for that, `statuses` has 507 too. */
  async function expectIntact(statuses = [200]): Promise<void> {
    for (const [id, sha256] of acknowledged) {
      const response = await person.get(`/attachments/${id}/download`);
      const bytes = Buffer.from(await response.arrayBuffer());
      expect(statuses).toContain(response.status);
      if (response.status === 200) expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
    }
  }

  test('many uploads at once are refused with 507 when no more fit, and leave the reserve', async () => {
    const ticket = await person.openTicket();
    let least = room();
    const watch = setInterval(() => {
      least = Math.min(least, room());
    }, 20);
    let number = 0;
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        // Twice, for what is freed by one refusal may be room enough for another's.
        for (let refused = 0; refused < 2; ) if ((await upload(ticket, number++)) !== 201) refused += 1;
      }),
    );
    clearInterval(watch);
    console.log(
      `${acknowledged.size} files fit, ${refusals.length} refused; ${(least / MB).toFixed(0)} MB free at least`,
    );
    expect(new Set(refusals)).toEqual(new Set(['507 storage_full']));
    expect(acknowledged.size).toBeGreaterThan(5);
    // It is looked at every 8 MB, whoever wrote them, and each upload may have a piece or two on its way.
    expect(least).toBeGreaterThan(50 * MB);
  }, 180_000);

  test('the desk stays up meanwhile: people read, write and sign in, and have their files', async () => {
    const ticket = await person.openTicket();
    expect((await person.get('/me')).status).toBe(200);
    expect((await person.get(`/tickets/${ticket}`)).status).toBe(200);
    const reply = await person.post(`/tickets/${ticket}/replies`, { body: 'My disk is full.' });
    expect(reply.status).toBe(201);
    const signedIn = await new Browser(desk.url).signIn('person-1@example.org', PASSWORD);
    expect(signedIn.status).toBe(200);
  }, 30_000);

  test('even a disk that others fill to the last byte ends neither the server nor the database', async () => {
    const filler = join(disk.folder, 'filler');
    execFileSync('sh', ['-c', 'cat /dev/zero > "$0" 2>/dev/null || true', filler]);
    try {
      const ticket = await person.post('/tickets', { subject: 'Full', description: 'To the last byte.' });
      expect([201, 507]).toContain(ticket.status);
      expect((await person.get('/me')).status).toBe(200);
      expect(await upload('01a2031e-4891-72ec-a187-64b9ea33040d', 0)).toBe(404);
      await expectIntact([200, 507]);
    } finally {
      await rm(filler);
    }
    expect((await person.get('/me')).status).toBe(200);
    expect(desk.isUp(), desk.said()).toBe(true);
  }, 180_000);

  test('once there is room uploads work again, every file is whole, and nothing half-written is left', async () => {
    await rm(join(disk.folder, 'ballast'));
    const ticket = await person.openTicket();
    for (const number of [1, 2, 3]) expect(await upload(ticket, number)).toBe(201);
    await expectIntact();

    const { code, stderr } = await docket(['cleanup'], desk.environment);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    await vi.waitFor(async () => expect(await readdir(join(disk.folder, 'spool'))).toEqual([]));
    const stored = await readdir(join(disk.folder, 'storage'), { recursive: true, withFileTypes: true });
    expect(stored.filter((entry) => entry.isFile())).toHaveLength(acknowledged.size);
  }, 180_000);
});
