import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { appendFile, readFile, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createS3Client, createS3Store } from '../../../src/attachments/index.ts';
import { sealingKey } from '../../../src/attachments/store/sealed/keys.ts';
import type { Store } from '../../../src/attachments/store/store.ts';
import { createStores } from '../../../src/attachments/store/stores.ts';
import type { Finding } from '../../../src/attachments/upkeep/examine.ts';
import { rehome } from '../../../src/attachments/upkeep/rehome.ts';
import type { Choice } from '../../../src/attachments/upkeep/stored-files.ts';
import { verify } from '../../../src/attachments/upkeep/verify.ts';
import { type Ceph, startCeph, withCeph } from '../../support/ceph.ts';
import { ROWS, strewRows, watchMemory } from '../../support/many-rows.ts';
import { only, openTestRoom, storeLike, type TestRoom } from '../../support/room.ts';

const TEXT = 'It burns.\n';

let room: TestRoom;
let ticket: string;
beforeAll(async () => {
  room = await openTestRoom();
  ticket = await room.ticket();
});
afterAll(() => room?.close());
afterEach(async () => {
  await room.db.deleteFrom('thumbnails').execute();
  await room.db.deleteFrom('ticket_attachments').execute();
  await room.db.deleteFrom('attachment_totals').execute();
  await room.db.deleteFrom('uploads').execute();
  await rm(join(room.folder, 'storage'), { recursive: true, force: true });
});

async function verified(choice: Choice = {}, stores = room.parts.stores) {
  const findings: Finding[] = [];
  const steps: string[] = [];
  const looked = await verify({ ...room.parts, stores }, choice, {
    progress: (step, done, total) => {
      expect(done).toBeLessThanOrEqual(total);
      if (steps.at(-1) !== step) steps.push(step);
    },
    finding: (finding) => findings.push(finding),
  });
  expect(looked.findings).toBe(findings.length);
  return { ...looked, findings, steps };
}

const pathOf = (key: string) => join(room.folder, 'storage', key);
const pathOfFile = async (id: string) => pathOf(await room.keyOf(id));

/** As if it had come two hours ago. */
async function age(key: string): Promise<void> {
  const then = new Date(Date.now() - 2 * 3_600_000);
  await utimes(pathOf(key), then, then);
}

async function thumbnail(attachment_id: string, text = 'a small picture'): Promise<string> {
  const key = `thumbnails/${randomUUID()}`;
  await room.strew(key, text);
  const sha256 = createHash('sha256').update('a small picture').digest('hex');
  const row = { attachment_id, state: 'ready', attempts: 1, lease_until: null } as const;
  const at = { file_path: key, storage: 'disk', key_id: null };
  await room.db
    .insertInto('thumbnails')
    .values({ ...row, ...at, file_size: 15, sha256 })
    .execute();
  return key;
}

test('a desk that is in order has no findings, and everything was looked at', async () => {
  await room.attach(ticket);
  const deleted = await room.attach(ticket);
  await room.attachments.remove(await room.access.toDelete(room.requester, deleted.id));
  await room.stage();
  await thumbnail(deleted.id);
  const { findings, files, bytes, steps } = await verified();
  expect({ findings, files, bytes, steps }).toEqual({
    ...{ findings: [], files: 4, bytes: 3 * TEXT.length + 15, steps: ['files'] },
  });
});

describe('damage is found, all of it, and told with what was expected', () => {
  test('a byte changed, a file cut, one gone, one that cannot be read, one of a store that is not set up', async () => {
    const [whole, changed, cut, gone, elsewhere] = [
      await room.attach(ticket),
      await room.attach(ticket),
      await room.attach(ticket),
      await room.attach(ticket),
      await room.attach(ticket),
    ];
    await writeFile(await pathOfFile(changed.id), 'It burnt.\n');
    await truncate(await pathOfFile(cut.id), 3);
    await rm(await pathOfFile(gone.id));
    await room.db
      .updateTable('ticket_attachments')
      .set({ storage: 'tape' })
      .where('id', '=', elsewhere.id)
      .execute();
    const rows = await room.db.selectFrom('ticket_attachments').selectAll().orderBy('id').execute();

    const { findings, files } = await verified();
    expect(files).toBe(5);
    const expected = { size: TEXT.length, sha256: whole.sha256 };
    const about = { kind: 'attachment', ticket_id: ticket, storage: 'disk', expected };
    expect(new Map(findings.map((one) => [one.id, one]))).toEqual(
      new Map<string, unknown>([
        [changed.id, expect.objectContaining({ ...about, problem: 'changed' })],
        [cut.id, expect.objectContaining({ ...about, problem: 'wrong_size', actual: { size: 3 } })],
        [gone.id, expect.objectContaining({ ...about, problem: 'missing', actual: null })],
        [
          elsewhere.id,
          expect.objectContaining({
            ...{ problem: 'unreadable', storage: 'tape' },
            reason: expect.stringContaining('which is not set up'),
          }),
        ],
      ]),
    );
    const found = findings.find(({ problem }) => problem === 'changed');
    expect(found?.actual?.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(found?.actual?.sha256).not.toBe(whole.sha256);
    // It repairs nothing, and no hash is written.
    expect(await room.db.selectFrom('ticket_attachments').selectAll().orderBy('id').execute()).toEqual(rows);
  });

  test('of deleted files, staged ones and thumbnails', async () => {
    const deleted = await room.attach(ticket);
    await room.attachments.remove(await room.access.toDelete(room.requester, deleted.id));
    await writeFile(await pathOfFile(deleted.id), 'It burnt.\n');
    const staged = await room.stage();
    await rm(pathOf((await room.upload(staged.id))?.file_path ?? ''));
    await thumbnail(deleted.id, 'a small Picture');
    const { findings } = await verified();
    expect(findings.map(({ problem, kind, id }) => [kind, problem, id]).sort()).toEqual([
      ['attachment', 'changed', deleted.id],
      ['thumbnail', 'changed', deleted.id],
      ['upload', 'missing', staged.id],
    ]);
  });

  test('of a sealed file, which gives itself away', async () => {
    const { id } = await room.attach(ticket);
    const keys = [sealingKey(randomBytes(32)), sealingKey(randomBytes(32))] as const;
    const sealing = { keys, folder: join(room.folder, 'spool') };
    const stores = createStores([room.store], () => 'disk', sealing);
    const at = { file_path: `tickets/${ticket}/${randomUUID()}`, ...stores.here };
    const path = join(room.folder, randomUUID());
    await writeFile(path, TEXT);
    await stores.at(at).put(at.file_path, path);
    await room.store.remove(await room.keyOf(id));
    await room.db.updateTable('ticket_attachments').set(at).where('id', '=', id).execute();
    expect((await verified({}, stores)).findings).toEqual([]);

    const sealed = await readFile(pathOf(at.file_path));
    sealed[sealed.length - 1] = sealed.at(-1) === 0 ? 1 : 0;
    await writeFile(pathOf(at.file_path), sealed);
    expect((await verified({}, stores)).findings).toMatchObject([
      { problem: 'changed', id, reason: expect.stringContaining('object') },
    ]);
    const unset = createStores([room.store], () => 'disk');
    expect((await verified({}, unset)).findings).toMatchObject([
      { problem: 'unreadable', id, reason: expect.stringContaining('which is not set') },
    ]);
  });

  test('of a large file, that a thread hashes', async () => {
    const large = await room.attach(ticket, 'x'.repeat(900_000));
    expect((await verified()).findings).toEqual([]);
    await truncate(await pathOfFile(large.id), 899_999);
    await appendFile(await pathOfFile(large.id), 'y');
    expect((await verified()).findings).toMatchObject([{ problem: 'changed', id: large.id }]);
  });

  test('objects that no row knows, which stay; young ones are nobody’s business', async () => {
    const [old, young] = [`tickets/${ticket}/${randomUUID()}`, `staged/${randomUUID()}`];
    for (const key of [old, young]) await room.strew(key);
    await age(old);
    const { findings, objects, steps } = await verified();
    expect({ findings, objects, steps }).toEqual({
      findings: [
        {
          ...{ problem: 'unknown', kind: 'object', id: null, ticket_id: null, storage: 'disk' },
          ...{ file_path: old, expected: null, actual: { size: 11 } },
        },
      ],
      ...{ objects: 1, steps: ['objects'] },
    });
    expect(await room.stored()).toEqual([old, young].sort());
  });
});

describe('what moves meanwhile is no finding', () => {
  /** Does something just when the first object is looked for. */
  function meanwhile(work: () => Promise<unknown>): TestRoom['parts']['stores'] {
    let once: Promise<unknown> | undefined;
    const stat: Store['stat'] = async (key) => {
      once ??= work();
      await once;
      return room.store.stat(key);
    };
    return only(storeLike(room.store, { stat }));
  }

  test('a staged file that is claimed, and re-homed', async () => {
    const { id } = await room.stage();
    const stores = meanwhile(async () => {
      const [attachment = ''] = await room.claim(ticket, [id]);
      await room.attachments.rehome(attachment);
    });
    expect((await verified({}, stores)).findings).toEqual([]);
    expect(await room.keyOf(id)).toMatch(/^tickets\//);
  });

  test('a file that is put into quarantine', async () => {
    const { id } = await room.attach(ticket);
    const file = room.db.updateTable('ticket_attachments').where('id', '=', id);
    const stores = meanwhile(async () => {
      await file.set({ virus_scan_status: 'infected' }).execute();
      await room.attachments.sweep('quick');
    });
    expect((await verified({}, stores)).findings).toEqual([]);
    expect(await room.keyOf(id)).toMatch(/^quarantine\//);
  });

  test('a staged file that is discarded, and one that is purged', async () => {
    const { id } = await room.stage();
    const purged = await room.attach(ticket);
    const stores = meanwhile(async () => {
      await room.attachments.staged.discard(room.requester, id);
      const row = room.db.updateTable('ticket_attachments').where('id', '=', purged.id);
      await row.set({ deleted_at: sql<Date>`now()`, purged_at: sql<Date>`now()` }).execute();
      await rm(await pathOfFile(purged.id));
    });
    expect((await verified({}, stores)).findings).toEqual([]);
  });

  test('a purged picture’s thumbnail, whose row goes last', async () => {
    const { id } = await room.attach(ticket);
    const key = await thumbnail(id);
    const row = room.db.updateTable('ticket_attachments').where('id', '=', id);
    await row.set({ deleted_at: sql<Date>`now()`, purged_at: sql<Date>`now()` }).execute();
    await room.store.remove(key);
    expect(await verified()).toMatchObject({ files: 0, findings: [] });
  });

  test('but of one that has moved and is damaged, the new place is told', async () => {
    const { id } = await room.stage();
    const stores = meanwhile(async () => {
      const [attachment = ''] = await room.claim(ticket, [id]);
      await room.attachments.rehome(attachment);
      await writeFile(await pathOfFile(id), 'It burnt.\n');
    });
    const { findings } = await verified({}, stores);
    expect(new Set(findings.map(({ file_path }) => file_path))).toEqual(new Set([await room.keyOf(id)]));
  });

  test('the old name of a file that was just given its new one', async () => {
    const { id } = await room.stage();
    const [attachment = ''] = await room.claim(ticket, [id]);
    const key = await room.keyOf(attachment);
    const unremoved = only(storeLike(room.store, { remove: async () => {} }));
    await rehome({ ...room.parts, stores: unremoved }, attachment);
    await age(key);
    const removing = setTimeout(() => void room.store.remove(key), 300);
    onTestFinished(() => clearTimeout(removing));
    expect((await verified()).findings).toEqual([]);
    expect(await room.stored()).not.toContain(key);
  });
});

test('a store that does not answer is no damage, and the end', async () => {
  await room.attach(ticket);
  const stat = () => Promise.reject(new Error('nobody is there'));
  await expect(verified({}, only(storeLike(room.store, { stat })))).rejects.toThrow('nobody is there');
});

test('one object that cannot be read is a finding, and the others are looked at', async () => {
  const [one, two] = [await room.attach(ticket), await room.attach(ticket)];
  const bad = await room.keyOf(one.id);
  await rm(await pathOfFile(two.id));
  const stores = only(
    storeLike(room.store, {
      read: (key) => (key === bad ? Promise.reject(new Error('EIO: i/o error, read')) : room.store.read(key)),
    }),
  );
  const { findings } = await verified({}, stores);
  expect(new Map(findings.map(({ id, problem, reason }) => [id, [problem, reason]]))).toEqual(
    new Map([
      [one.id, ['unreadable', 'EIO: i/o error, read']],
      [two.id, ['missing', undefined]],
    ]),
  );
});

describe('a choice', () => {
  test('since a day: files and objects that came before are not looked at', async () => {
    const old = await room.attach(ticket);
    await room.attach(ticket);
    const ago = sql<Date>`now() - interval '3 days'`;
    await room.db
      .updateTable('ticket_attachments')
      .set({ created_at: ago })
      .where('id', '=', old.id)
      .execute();
    await rm(await pathOfFile(old.id));
    const key = `staged/${randomUUID()}`;
    await room.strew(key);
    await age(key);
    const hours = (count: number) => new Date(Date.now() - count * 3_600_000);
    expect(await verified({ since: hours(1) })).toMatchObject({ files: 1, findings: [] });
    expect(await verified({ since: hours(24) })).toMatchObject({ files: 1, findings: [{ file_path: key }] });
    expect((await verified({ since: hours(24 * 4) })).findings).toHaveLength(2);
  });

  test('a sample: about that share, another one for another seed', async () => {
    await strewRows(room, ticket, 2_000);
    const { store, keys } = oneForAll();
    const sampled = async (share: number, seed: number) => {
      keys.clear();
      await verified({ sample: { share, seed } }, store);
      return [...keys].sort();
    };
    const half = await sampled(0.5, 1);
    expect(half.length).toBeGreaterThan(880);
    expect(half.length).toBeLessThan(1_120);
    expect(await sampled(0.5, 1)).toEqual(half);
    expect(await sampled(0.5, 2)).not.toEqual(half);
    expect(await sampled(1, 3)).toHaveLength(2_000);
  });
});

/** No thread can read what is no file. */
const unopened = (): Store => {
  const { open: _, ...store } = room.store;
  return store;
};

/** A store that has the same file under every name, and lists those it was asked for. */
function oneForAll() {
  const keys = new Set<string>();
  const store = only(
    storeLike(unopened(), {
      stat: async (key) => ({ key, size: TEXT.length, modifiedAt: new Date() }),
      read: async (key) => {
        keys.add(key);
        return Readable.from([Buffer.from(TEXT)]);
      },
    }),
  );
  return { store, keys };
}

test(
  `memory does not grow with ${ROWS} rows and as many objects`,
  async () => {
    await strewRows(room, ticket, ROWS);
    const old = new Date(0);
    const stores = only(
      storeLike(unopened(), {
        stat: async (key) => ({ key, size: TEXT.length, modifiedAt: old }),
        read: async () => Readable.from([Buffer.from(TEXT)]),
        async *list(prefix) {
          if (prefix !== 'tickets/') return;
          for (let n = 2; n <= ROWS; n += 1)
            yield { key: `tickets/1/${n}`, size: TEXT.length, modifiedAt: old };
        },
      }),
    );
    const memory = watchMemory();
    let next = 0.1;
    const looked = await verify(
      { ...room.parts, stores },
      {},
      {
        progress(step, done, total) {
          if (step === 'objects' || done / total < next) return;
          next += 0.1;
          memory.measure();
        },
        finding: (finding) => expect.fail(JSON.stringify(finding)),
      },
    );
    memory.measure();
    expect(looked).toMatchObject({ files: ROWS, objects: ROWS - 1, findings: 0 });
    expect(memory.grown('verify', ROWS)).toBeLessThan(8);
  },
  60_000 + ROWS,
);

describe.runIf(withCeph)('on Ceph', () => {
  let ceph: Ceph;
  beforeAll(async () => {
    ceph = await startCeph();
  }, 60_000);
  afterAll(() => ceph?.stop());

  test('damage and strangers are found as on a disk', async () => {
    const { endpoint, credentials } = ceph;
    const bucket = `docket-${randomUUID()}`;
    const client = createS3Client({
      ...{ endpoint, credentials, region: 'us-east-1', forcePathStyle: true, checksums: 'when_required' },
    });
    onTestFinished(() => client.destroy());
    await client.send(new CreateBucketCommand({ Bucket: bucket }));
    const s3 = createS3Store({ client, bucket, prefix: 'help/' });
    const put = async (key: string, text: string) => {
      const path = join(room.folder, randomUUID());
      await writeFile(path, text);
      await s3.put(key, path);
    };
    const [whole, changed, cut, gone] = [
      await room.attach(ticket),
      await room.attach(ticket),
      await room.attach(ticket),
      await room.attach(ticket),
    ];
    await room.db.updateTable('ticket_attachments').set({ storage: 's3' }).execute();
    await put(await room.keyOf(whole.id), TEXT);
    await put(await room.keyOf(changed.id), 'It burnt.\n');
    await put(await room.keyOf(cut.id), 'It');
    await put('staged/stranger', 'Whose am I?');
    await rm(join(room.folder, 'storage'), { recursive: true });
    // As if all in it were older than the grace.
    const aged = storeLike(s3, { list: (prefix) => s3.list(prefix, new Date(Date.now() + 60_000)) });
    const { findings } = await verified(
      {},
      createStores([room.store, aged], () => 's3'),
    );
    expect(new Map(findings.map(({ id, problem }) => [id, problem]))).toEqual(
      new Map([
        [changed.id, 'changed'],
        [cut.id, 'wrong_size'],
        [gone.id, 'missing'],
        [null, 'unknown'],
      ]),
    );
  });
});
