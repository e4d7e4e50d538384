import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createAttachments } from '../../../src/attachments/index.ts';
import {
  type Engine,
  type Finding,
  ScanFailed,
  type Scannable,
  type Scanner,
  ScannerUnavailable,
} from '../../../src/attachments/scan/scanner.ts';
import { rehome } from '../../../src/attachments/upkeep/rehome.ts';
import { only, openTestRoom, storeLike, type TestRoom } from '../../support/room.ts';

const ENGINE: Engine = { name: 'scripted', version: '1', signatures: '7', signaturesAt: new Date(0) };
const MALWARE = { verdict: 'infected', signature: 'Test.Malware' } as const;

/** A scanner that says what it is told to, having read every byte. */
let says: (file: Scannable) => Promise<Finding> | Finding;
let engine: () => Engine;
const scanner: Scanner = {
  name: 'clamav',
  async scan(file) {
    const bytes = (await text(await file.read())).length;
    return { finding: await says(file), engine: engine(), bytes };
  },
  engine: async () => engine(),
};

let room: TestRoom;
beforeAll(async () => {
  room = await openTestRoom({}, scanner);
});
afterAll(() => room?.close());
beforeEach(() => {
  says = () => ({ verdict: 'clean' });
  engine = () => ENGINE;
  room.queued.length = 0;
});

const row = (id: string) =>
  room.db.selectFrom('ticket_attachments').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
const verdict = async (id: string) => (await row(id)).virus_scan_status;
const ledger = (id: string) =>
  room.db.selectFrom('scans').selectAll().where('file_id', '=', id).orderBy('seq').execute();
const scan = (id: string) => room.attachments.scans.scan(id);
const fileOnTicket = async (words?: string) => (await room.attach(await room.ticket(), words)).id;

describe('a file that comes', () => {
  test('waits for its verdict, and its scan is queued with it', async () => {
    const id = await fileOnTicket();
    expect(await verdict(id)).toBe('pending');
    expect(room.queued).toEqual([id]);
  });

  test('is clean by the scanner’s word alone, and the ledger says whose', async () => {
    const id = await fileOnTicket('It burns.\n');
    expect(await scan(id)).toBe('judged');
    expect(await verdict(id)).toBe('clean');
    expect(await ledger(id)).toEqual([
      expect.objectContaining({
        ...{ engine: 'scripted', engine_version: '1', signatures: '7', signatures_at: new Date(0) },
        ...{ bytes: 10, verdict: 'clean', result: null },
      }),
    ]);
    expect(await room.events(id)).toContain('scanned');
  });

  test('is held where it is encrypted, whatever the scanner says', async () => {
    const id = await fileOnTicket();
    const warnings = JSON.stringify(['encrypted']);
    await room.db.updateTable('ticket_attachments').set({ warnings }).where('id', '=', id).execute();
    await scan(id);
    expect(await row(id)).toMatchObject({
      virus_scan_status: 'unscannable',
      virus_scan_result: 'encrypted',
    });
  });

  test('is scanned while it is staged, and keeps its verdict on its ticket', async () => {
    const { id } = await room.stage();
    expect(room.queued).toEqual([id]);
    await scan(id);
    expect((await room.upload(id))?.virus_scan_status).toBe('clean');
    await room.claim(await room.ticket(), [id]);
    expect(await verdict(id)).toBe('clean');
  });

  test('gets its verdict on its ticket when it is claimed in the middle of its scan', async () => {
    const { id } = await room.stage();
    const ticket = await room.ticket();
    says = async () => {
      await room.claim(ticket, [id]);
      await rehome(room.parts, id);
      return { verdict: 'clean' };
    };
    await scan(id);
    expect(await verdict(id)).toBe('clean');
  });

  test('that is gone by then needs no verdict', async () => {
    const { id } = await room.stage();
    await room.attachments.staged.discard(room.requester, id);
    expect(await scan(id)).toBe('gone');
  });
});

describe('malware', () => {
  test('goes to quarantine, where only Docket may read it, and nothing stays where it was', async () => {
    says = () => MALWARE;
    const id = await fileOnTicket();
    const before = await room.keyOf(id);
    await scan(id);
    expect(await row(id)).toMatchObject({
      virus_scan_status: 'quarantined',
      virus_scan_result: 'Test.Malware',
    });
    const key = await room.keyOf(id);
    expect(key).toMatch(/^quarantine\/[0-9a-f-]{36}$/);
    expect(await room.stored()).not.toContain(before);
    const path = join(room.folder, 'storage', key);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await stat(join(path, '..'))).mode & 0o777).toBe(0o700);
    const grant = await room.access.toRead(room.requester, id);
    await expect(room.attachments.open(grant)).rejects.toMatchObject({ code: 'infected' });
  });

  test('is put away where it is staged, and stays so on the ticket', async () => {
    says = () => MALWARE;
    const { id } = await room.stage();
    await scan(id);
    expect((await room.upload(id))?.file_path).toMatch(/^quarantine\//);
    await room.claim(await room.ticket(), [id]);
    expect(await verdict(id)).toBe('quarantined');
    await rehome(room.parts, id);
    expect(await room.keyOf(id)).toMatch(/^quarantine\//);
  });

  test.each(['copy', 'remove'] as const)(
    'is blocked when Docket dies at its %s, and the sweep ends it',
    async (step) => {
      says = () => MALWARE;
      const store = storeLike(room.store, {
        [step]: async () => {
          throw new Error('killed');
        },
      });
      const dying = createAttachments({ ...room.parts, stores: only(store) });
      const id = await fileOnTicket();
      await expect(dying.scans.scan(id)).rejects.toThrow('killed');
      await dying.close();
      expect(['infected', 'quarantined']).toContain(await verdict(id));
      await room.attachments.sweep();
      expect(await verdict(id)).toBe('quarantined');
      expect(await room.stored()).toContain(await room.keyOf(id));
    },
  );

  test('of which the sweep hears between its copy and its row is not taken for an orphan', async () => {
    says = () => MALWARE;
    const id = await fileOnTicket();
    const store = storeLike(room.store, {
      async copy(from, to) {
        await room.store.copy(from, to);
        await room.attachments.sweep('whole');
      },
    });
    const sweeping = createAttachments({ ...room.parts, stores: only(store) });
    await sweeping.scans.scan(id);
    await sweeping.close();
    expect(await room.stored()).toContain(await room.keyOf(id));
  });

  test('found in a file that somebody had released as unscannable is kept from everybody again', async () => {
    const id = await fileOnTicket();
    await room.db
      .updateTable('ticket_attachments')
      .set({
        ...{ virus_scan_status: 'unscannable', released_at: new Date(), release_reason: 'It is ours.' },
        released_by: room.requester.id,
      })
      .where('id', '=', id)
      .execute();
    says = () => MALWARE;
    await scan(id);
    expect(await row(id)).toMatchObject({ virus_scan_status: 'quarantined', released_at: null });
  });

  test('in quarantine is not let out by a scanner that cannot look into it', async () => {
    says = () => MALWARE;
    const id = await fileOnTicket();
    await scan(id);
    says = () => ({ verdict: 'unscannable', reason: 'too deep' });
    await scan(id);
    expect(await verdict(id)).toBe('quarantined');
    says = () => ({ verdict: 'clean' });
    await scan(id);
    expect(await verdict(id)).toBe('clean');
    const file = await room.attachments.open(await room.access.toRead(room.requester, id));
    expect(await text(await file.read())).toBe('It burns.\n');
  });
});

describe('a second look', () => {
  test('that finds the same leaves the file as it was, and the ledger knows of it', async () => {
    const id = await fileOnTicket();
    await scan(id);
    const before = await row(id);
    await scan(id);
    expect(await row(id)).toEqual(before);
    expect((await ledger(id)).map((entry) => entry.verdict)).toEqual(['clean', 'clean']);
  });

  test('that finds malware says when', async () => {
    const id = await fileOnTicket();
    await scan(id);
    const before = await row(id);
    says = () => MALWARE;
    await scan(id);
    const after = await row(id);
    expect(Number(after.virus_scan_timestamp)).toBeGreaterThan(Number(before.virus_scan_timestamp));
  });
});

describe('a scanner', () => {
  test('that is away has not tried: the file waits, and nothing is written', async () => {
    says = () => {
      throw new ScannerUnavailable('connection refused');
    };
    const id = await fileOnTicket();
    for (let time = 0; time < 5; time += 1) expect(await scan(id)).toBe('away');
    expect(await row(id)).toMatchObject({ virus_scan_status: 'pending', scan_attempts: 0 });
    expect(await ledger(id)).toEqual([]);
    says = () => ({ verdict: 'clean' });
    await scan(id);
    expect(await verdict(id)).toBe('clean');
  });

  test('that fails at a file three times makes it unscannable, with the reason', async () => {
    says = () => {
      throw new ScanFailed('it closed without a reply');
    };
    const id = await fileOnTicket();
    expect([await scan(id), await scan(id)]).toEqual(['failed', 'failed']);
    expect(await verdict(id)).toBe('pending');
    expect(await scan(id)).toBe('judged');
    expect(await row(id)).toMatchObject({
      virus_scan_status: 'unscannable',
      virus_scan_result: 'it closed without a reply',
    });
    expect((await ledger(id)).map((entry) => entry.verdict)).toEqual(['failed', 'failed', 'failed']);
  });

  test('that fails at a file that was clean leaves it so', async () => {
    const id = await fileOnTicket();
    await scan(id);
    says = () => {
      throw new ScanFailed('nonsense');
    };
    for (let time = 0; time < 4; time += 1) await scan(id);
    expect(await verdict(id)).toBe('clean');
  });

  test('that comes to another verdict than one that came first does not undo it', async () => {
    const id = await fileOnTicket();
    says = async () => {
      says = () => MALWARE;
      await scan(id);
      return { verdict: 'clean' };
    };
    await scan(id);
    expect(await verdict(id)).toBe('quarantined');
  });

  test('whose file has no bytes is not asked to guess', async () => {
    const id = await fileOnTicket();
    await room.store.remove(await room.keyOf(id));
    await scan(id);
    expect(await row(id)).toMatchObject({
      virus_scan_status: 'unscannable',
      virus_scan_result: 'its bytes are missing',
    });
    expect(room.log).toContainEqual({ level: 'error', message: 'a stored file is missing' });
  });
});
