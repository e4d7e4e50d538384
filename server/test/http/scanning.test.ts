import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { json } from '../support/answers.ts';
import { type Clamd, startClamd, withClamd } from '../support/clamd.ts';
import { type Client, note } from '../support/client.ts';
import { openTestDesk, type TestDesk } from '../support/desk.ts';
import { EICAR, EICAR_VARIANTS } from '../support/eicar.ts';
import { fakeClamd, scanning } from '../support/fake-clamd.ts';
import { tusOf } from '../support/tus.ts';

interface File {
  id: string;
  virus_scan_status: string;
  virus_scan_result: string | null;
}

const LARGE = 40 * 1024 * 1024;
const CALM = { maxFilesPerTicket: 1000, maxTotalSizePerTicket: 10_000_000_000, concurrentUploads: 1000 };
const clamavAt = (path: string) => ({
  scanner: { kind: 'clamav' as const, address: { path }, virusTotalKey: undefined },
});

async function fileOf(person: Client, id: string): Promise<File> {
  return json<File>(await person.get(`/attachments/${id}`));
}

/** Resolves to the file when it has a verdict. */
async function judged(person: Client, id: string, timeout = 20_000): Promise<File> {
  return vi.waitFor(
    async () => {
      const file = await fileOf(person, id);
      expect(['pending', 'infected']).not.toContain(file.virus_scan_status);
      return file;
    },
    { timeout, interval: 25 },
  );
}

describe.runIf(withClamd)('with a real clamd', () => {
  let clamd: Clamd;
  let desk: TestDesk;
  let requester: Client;
  let agent: Client;
  let admin: Client;
  let ticket: string;
  beforeAll(async () => {
    clamd = await startClamd();
    desk = await openTestDesk({ working: true, config: { ...CALM, ...clamavAt(clamd.socket) } });
    [requester, agent, admin] = await Promise.all([
      desk.person('customer'),
      desk.person('agent'),
      desk.person('admin'),
    ]);
  });
  afterAll(async () => {
    await desk?.close();
    await clamd?.close();
  });
  beforeEach(async () => {
    ticket = await requester.openTicket();
  });

  /** The three ways in; each resolves to the answer that creates the file or refuses it, and to its id. */
  const ENTRANCES = {
    'a form': async (name: string, bytes: Buffer) => {
      const answer = await requester.upload(`/tickets/${ticket}/attachments`, { name, bytes });
      return answer.status === 201 ? (await json<File>(answer)).id : undefined;
    },
    'a staged upload': async (name: string, bytes: Buffer) => {
      const answer = await requester.upload('/uploads', { name, bytes });
      if (answer.status !== 201) return undefined;
      const { id } = await json<File>(answer);
      const reply = await requester.post(`/tickets/${ticket}/replies`, { body: 'Here.', upload_ids: [id] });
      expect(reply.status).toBe(201);
      return id;
    },
    tus: async (name: string, bytes: Buffer) => {
      const tus = tusOf(requester);
      const path = await tus.begin(bytes.length, { filename: name, ticket_id: ticket });
      const answer = await tus.patch(path, 0, bytes);
      if (answer.status !== 204) return undefined;
      const { attachment_id } = await tus.record(path);
      return String(attachment_id);
    },
  };

  const CASES = Object.entries(EICAR_VARIANTS).flatMap(([name, make]) =>
    Object.keys(ENTRANCES).map((entrance) => ({ name, make, entrance })),
  );
  const arrived = new Set<string>();

  test.each(CASES)('$name by $entrance reaches nobody', async ({ name, make, entrance }) => {
    const enter = Object.entries(ENTRANCES).find(([way]) => way === entrance)?.[1];
    const id = await enter?.(name, make());
    if (id === undefined) return; // refused for what it holds, before anybody scanned it
    arrived.add(name);
    const early = await agent.get(`/attachments/${id}/download`);
    expect([403, 409]).toContain(early.status);
    const file = await judged(requester, id);
    expect(file).toMatchObject({
      virus_scan_status: 'quarantined',
      virus_scan_result: 'Docket.Test.Eicar.UNOFFICIAL',
    });
    for (const person of [requester, agent, admin]) {
      for (const way of ['download', 'preview', 'thumbnail']) {
        expect((await person.get(`/attachments/${id}/${way}`)).status, way).toBe(403);
      }
    }
    const zip = Buffer.from(await (await agent.get(`/tickets/${ticket}/attachments.zip`)).arrayBuffer());
    expect(zip.includes(EICAR)).toBe(false);
  });

  test('most of these files were looked into, not refused at the door', () => {
    expect([...arrived]).toEqual(
      expect.arrayContaining(['eicar.txt', 'eicar.pdf', 'head-of-30-mib.txt', 'tail-of-30-mib.txt']),
    );
  });

  test('a small file is clean within a second, also behind large ones', async () => {
    const large = randomText(LARGE);
    await Promise.all(
      [1, 2, 3, 4].map((n) => requester.attach(ticket, { name: `large-${n}.txt`, bytes: large })),
    );
    const id = await requester.attach(ticket, { name: 'small.txt', bytes: randomText(100_000) });
    const began = performance.now();
    expect((await judged(agent, id)).virus_scan_status).toBe('clean');
    expect(performance.now() - began).toBeLessThan(1_000);
    expect((await agent.get(`/attachments/${id}/download`)).status).toBe(200);
  });

  test('a clamd that is killed in the middle of scans has looked at all when it is back', async () => {
    const ids = await Promise.all(
      Array.from({ length: 6 }, (_, n) =>
        requester.attach(ticket, { name: `log-${n}.txt`, bytes: randomText(20_000_000) }),
      ),
    );
    await clamd.kill();
    const waiting = await requester.attach(ticket, note('Nobody looks at me now.'));
    const held = await agent.get(`/attachments/${waiting}/download`);
    expect([held.status, held.headers.get('retry-after')]).toEqual([409, '5']);
    expect((await requester.get(`/attachments/${waiting}/download`)).status).toBe(200);
    await clamd.start();
    for (const id of [waiting, ...ids]) {
      expect((await judged(agent, id, 30_000)).virus_scan_status).toBe('clean');
    }
  }, 90_000);

  test('what clamd learns later withdraws a file that was clean', async () => {
    const words = 'a worm that nobody knows yet';
    const id = await requester.attach(ticket, note(`${words}\n`));
    expect((await judged(agent, id)).virus_scan_status).toBe('clean');
    await clamd.learn(`Docket.Test.Worm:0:*:${Buffer.from(words).toString('hex')}`);
    // Our own database has no version that changes: as if it had another engine.
    await desk.db.updateTable('rescan_pass').set({ engine: 'before' }).execute();
    await vi.waitFor(
      async () => {
        await desk.db.updateTable('rescan_pass').set({ engine: 'before' }).execute();
        await desk.services.attachments.scans.pass();
        expect((await fileOf(agent, id)).virus_scan_status).toBe('quarantined');
      },
      { timeout: 20_000, interval: 500 },
    );
    expect((await agent.get(`/attachments/${id}/download`)).status).toBe(403);
  }, 40_000);

  test('an admin lets a file out of quarantine with a reason, and it stays what it is', async () => {
    const id = await requester.attach(ticket, { name: 'eicar.txt', bytes: EICAR });
    await judged(requester, id);
    const release = (by: Client, reason: unknown) => by.post(`/attachments/${id}/release`, { reason });
    expect((await release(agent, 'I want it.')).status).toBe(403);
    expect((await release(admin, '  ')).status).toBe(400);
    const released = await release(admin, 'The test file of the standard.');
    expect(released.status).toBe(200);
    expect(await released.json()).toMatchObject({
      virus_scan_status: 'quarantined',
      released: { by: { id: admin.id }, reason: 'The test file of the standard.' },
    });
    const fetched = await requester.get(`/attachments/${id}/download`);
    expect(Buffer.from(await fetched.arrayBuffer()).equals(EICAR)).toBe(true);
    expect(await json<object>(await requester.get(`/attachments/${id}`))).toMatchObject({ released: null });
    expect((await release(admin, 'Again.')).status).toBe(409);
  });

  test('the desk sees what is blocked, on whatever ticket, until somebody answers for it', async () => {
    const bytes = EICAR_VARIANTS['eicar.txt']?.() ?? Buffer.of();
    const id = await requester.attach(ticket, { name: 'blocked.txt', bytes });
    await judged(requester, id);
    const blocked = async () =>
      (await json<{ data: { id: string; ticket: object }[] }>(await agent.get('/attachments/blocked'))).data;
    expect(await blocked()).toContainEqual(
      expect.objectContaining({ id, ticket: expect.objectContaining({ id: ticket, subject: 'Printer' }) }),
    );
    await admin.post(`/attachments/${id}/release`, { reason: 'A test.' });
    expect((await blocked()).map((file) => file.id)).not.toContain(id);
  });

  test('an admin has a file looked at again', async () => {
    const id = await requester.attach(ticket);
    await judged(agent, id);
    const file = desk.db.updateTable('ticket_attachments').where('id', '=', id);
    await file.set({ virus_scan_status: 'unscannable', virus_scan_result: 'it hung' }).execute();
    expect((await admin.send('POST', `/attachments/${id}/rescan`)).status).toBe(202);
    await vi.waitFor(async () => expect((await fileOf(agent, id)).virus_scan_status).toBe('clean'));
  });

  test('500 files at once are all judged, and others are served meanwhile', async () => {
    const many = await Promise.all(
      Array.from({ length: 10 }, async (_, n) => {
        const ids: string[] = [];
        for (let file = 0; file < 50; file += 1) {
          const bytes = n === 0 && file % 10 === 0 ? randomText(12_000_000) : randomText(2_000);
          ids.push(await requester.attach(ticket, { name: `file-${n}-${file}.txt`, bytes }));
        }
        return ids;
      }),
    );
    const waits: number[] = [];
    const open = () =>
      desk.db
        .selectFrom('ticket_attachments')
        .select((of) => of.fn.countAll<number>().as('files'))
        .where('virus_scan_status', '=', 'pending')
        .executeTakeFirstOrThrow();
    while ((await open()).files > 0) {
      const began = performance.now();
      expect((await agent.get(`/tickets/${ticket}`)).status).toBe(200);
      waits.push(performance.now() - began);
      await sleep(50);
    }
    const verdicts = await desk.db
      .selectFrom('ticket_attachments')
      .select('virus_scan_status')
      .where('id', 'in', many.flat())
      .execute();
    expect(new Set(verdicts.map((row) => row.virus_scan_status))).toEqual(new Set(['clean']));
    expect(Math.max(0, ...waits)).toBeLessThan(1_000);
  }, 120_000);
});

describe.runIf(withClamd)('a scanner that is turned on', () => {
  test('looks at what nobody had looked at, which is served meanwhile', async () => {
    const clamd = await startClamd();
    const desk = await openTestDesk();
    const scanned = await openTestDesk({ beside: desk, config: clamavAt(clamd.socket) });
    try {
      const requester = await desk.person('customer');
      const ticket = await requester.openTicket();
      const clean = await requester.attach(ticket);
      const worm = await requester.attach(ticket, { name: 'eicar.txt', bytes: EICAR });
      const staged = await requester.stage();
      expect((await fileOf(requester, clean)).virus_scan_status).toBe('skipped');
      expect((await requester.get(`/attachments/${worm}/download`)).status).toBe(200);
      expect(await scanned.services.attachments.scans.pass()).toBe(2);
      expect((await fileOf(requester, clean)).virus_scan_status).toBe('clean');
      expect((await requester.get(`/attachments/${worm}/download`)).status).toBe(403);
      await requester.post(`/tickets/${ticket}/replies`, { body: 'Here.', upload_ids: [staged] });
      expect(await scanned.services.attachments.scans.pass()).toBe(1);
      expect((await fileOf(requester, staged)).virus_scan_status).toBe('clean');
      expect(await scanned.services.attachments.scans.pass()).toBe(0);
    } finally {
      await scanned.close();
      await desk.close();
      await clamd.close();
    }
  });
});

describe('several instances', () => {
  let opened: TestDesk[] = [];
  afterEach(async () => {
    for (const desk of opened.reverse()) await desk.close();
    opened = [];
  });

  test('share the places of the scanner, and never use more', async () => {
    let now = 0;
    let most = 0;
    const clamd = await fakeClamd(
      scanning((socket, heard) => {
        now += 1;
        most = Math.max(most, now);
        socket.on('close', () => {
          now -= 1;
        });
        const answer = () => (heard.whole ? socket.end('stream: OK\0') : setTimeout(answer, 10));
        setTimeout(answer, 100);
      }),
    );
    const scanner = { kind: 'clamav' as const, address: clamd.address, virusTotalKey: undefined };
    const options = { working: true, config: { ...CALM, scanner, scanConcurrency: 4 } };
    const first = await openTestDesk(options);
    const second = await openTestDesk({ ...options, beside: first });
    opened = [first, second];
    const requester = await first.person('customer');
    const ticket = await requester.openTicket();
    const log = { name: 'log.txt', bytes: randomText(9_000_000) };
    const files = Array.from({ length: 36 }, (_, n) => (n % 6 === 0 ? log : note()));
    const ids = await Promise.all(files.map((file) => requester.attach(ticket, file)));
    for (const id of ids) expect((await judged(requester, id)).virus_scan_status).toBe('clean');
    expect(most).toBeGreaterThan(2);
    expect(most).toBeLessThanOrEqual(4);
    await clamd.close();
  }, 60_000);
});

function randomText(bytes: number): Buffer {
  return Buffer.from(randomBytes(Math.ceil((bytes * 3) / 4)).toString('base64'));
}
