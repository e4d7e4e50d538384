import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { EVERY_TYPE, USUAL_TYPES } from '../../src/attachments/policy.ts';
import { type Config, parseConfig } from '../../src/config.ts';
import { json, problem } from '../support/answers.ts';
import { Client, note } from '../support/client.ts';
import { openTestDesk, type TestDesk } from '../support/desk.ts';
import { tusOf } from '../support/tus.ts';

interface Settings {
  version: number;
  storage_type: string;
  base_path: string;
  max_file_size: number;
  allowed_mime_types: string[];
}
interface Answer extends Settings {
  forced: { setting: string; variable: string; mime_type: string | null }[];
  storage_types: string[];
  largest_file_size: number;
  known_types: { mime_type: string; extensions: string[] }[];
  base_path_in_use: string;
  takes_effect: string;
  changed_at: string | null;
  changed_by: { id: string; name: string } | null;
}

const PATH = '/admin/storage-config';
const NOTHING_SET: Partial<Config> = { set: new Set() };

let desk: TestDesk;
let beside: TestDesk;
let admin: Client;
let requester: Client;
let ticket: string;

beforeAll(async () => {
  desk = await openTestDesk({ config: NOTHING_SET });
  beside = await openTestDesk({ config: NOTHING_SET, beside: desk });
  [admin, requester] = await Promise.all([desk.person('admin', 'Helen'), desk.person('customer')]);
});
afterAll(async () => {
  await beside.close();
  await desk.close();
});
beforeEach(async () => {
  ticket = await requester.openTicket();
});
afterEach(async () => {
  await change({ max_file_size: 52_428_800, allowed_mime_types: [...USUAL_TYPES] });
});

const read = async (who = admin) => json<Answer>(await who.get(PATH));
function settingsOf({ version, storage_type, base_path, max_file_size, allowed_mime_types }: Settings) {
  return { version, storage_type, base_path, max_file_size, allowed_mime_types };
}
/** What is set, with these differences. */
async function put(different: Partial<Settings>, who = admin): Promise<Response> {
  return who.send('PUT', PATH, { ...settingsOf(await read(who)), ...different });
}
async function change(different: Partial<Settings>, who = admin): Promise<Answer> {
  const response = await put(different, who);
  expect(response.status).toBe(200);
  return json<Answer>(response);
}
/** The same person at another instance. */
const at = ({ url }: TestDesk, { token, id }: Client) => new Client(url, token, id);
const send = (text: string, name = 'note.txt', who = requester) =>
  who.upload(`/tickets/${ticket}/attachments`, note(text, name));

describe('what nobody has changed', () => {
  test('is what the configuration says', async () => {
    expect(await read()).toMatchObject({
      ...{ storage_type: 'disk', base_path: join(desk.dataDir, 'storage') },
      ...{ max_file_size: 52_428_800, allowed_mime_types: USUAL_TYPES, forced: [] },
      ...{ storage_types: ['disk'], largest_file_size: 524_288_000 },
      ...{ base_path_in_use: join(desk.dataDir, 'storage'), takes_effect: 'now' },
    });
    const { known_types } = await read();
    expect(known_types.map(({ mime_type }) => mime_type)).toEqual(EVERY_TYPE);
    expect(known_types).toContainEqual({ mime_type: 'image/jpeg', extensions: ['jpg', 'jpeg'] });
  });
});

describe('a change', () => {
  test('holds at once here, and within a second at another instance over the same database', async () => {
    const before = performance.now();
    const { version } = await change({ max_file_size: 20 });
    const other = at(beside, requester);
    await expect
      .poll(async () => (await json<Settings>(await other.get('/attachments/policy'))).max_file_size, {
        interval: 20,
      })
      .toBe(20);
    expect(performance.now() - before).toBeLessThan(1_000);
    expect((await read(at(beside, admin))).version).toBe(version);

    const tooLarge = await other.upload(`/tickets/${ticket}/attachments`, note('a'.repeat(21)));
    expect(await json(tooLarge)).toMatchObject({ status: 413, code: 'file_too_large', limit: 20 });
    expect(tooLarge.status).toBe(413);
    expect((await other.upload(`/tickets/${ticket}/attachments`, note('a'.repeat(20)))).status).toBe(201);

    const options = await other.fetch('/uploads/tus', { method: 'OPTIONS' });
    expect(options.headers.get('tus-max-size')).toBe('20');
  });

  test('is heard of by who was cut off from the words meanwhile', async () => {
    await sql`
      SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE application_name = 'docket notifications' AND datname = current_database()`.execute(desk.db);
    await change({ max_file_size: 33 });
    const other = at(beside, admin);
    await expect.poll(async () => (await read(other)).max_file_size, { timeout: 5_000 }).toBe(33);
  });

  test('tells who made it, keeps what was before, and is in the audit', async () => {
    const before = await read();
    const after = await change({ max_file_size: 1_000, allowed_mime_types: ['text/plain', 'text/csv'] });
    expect(after).toMatchObject({ changed_by: { id: admin.id, name: 'Helen' }, max_file_size: 1_000 });
    expect(after.version).toBeGreaterThan(before.version);
    const event = await desk.db
      .selectFrom('attachment_events')
      .select(['event', 'actor_id', 'address', 'detail'])
      .where('event', '=', 'storage_configured')
      .orderBy('seq', 'desc')
      .limit(1)
      .executeTakeFirstOrThrow();
    expect(event).toEqual({
      ...{ event: 'storage_configured', actor_id: admin.id, address: '127.0.0.1' },
      detail: {
        ...{ version: after.version, max_file_size: 1_000, max_file_size_before: before.max_file_size },
        allowed_mime_types: 'text/csv text/plain',
        allowed_mime_types_before: [...USUAL_TYPES].sort().join(' '),
      },
    });
    const delete_ = desk.db.deleteFrom('file_storage_config').execute();
    await expect(delete_).rejects.toThrow('append-only');
  });

  test('that changes nothing writes nothing, also with an old version', async () => {
    const { version } = await change({ max_file_size: 77 });
    expect((await change({ version: 0 })).version).toBe(version);
  });

  test('of two at once, the second is refused, and only one is kept', async () => {
    const now = settingsOf(await read());
    const other = at(beside, admin);
    const answers = await Promise.all([
      ...[100, 200, 300].map((max_file_size) => admin.send('PUT', PATH, { ...now, max_file_size })),
      ...[400, 500, 600].map((max_file_size) => other.send('PUT', PATH, { ...now, max_file_size })),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409, 409, 409]);
    const refused = answers.find(({ status }) => status === 409);
    expect(refused && (await problem(refused))).toEqual([409, 'storage_config_changed']);
    const won = answers.find(({ status }) => status === 200);
    const { max_file_size } = won ? await json<Settings>(won) : { max_file_size: 0 };
    expect((await read()).max_file_size).toBe(max_file_size);
  });

  test('is refused to an admin who is one no more, in the transaction that makes it', async () => {
    const former = await desk.person('admin');
    const grant = desk.services.access.toConfigureStorage({
      ...{ id: former.id, name: '', role: 'admin', address: null },
    });
    await desk.services.accounts.people.change(former.id, { role: 'agent' });
    const { storageConfig } = desk.services;
    const wanted = { ...storageConfig.current(), maxFileSize: 5, version: 0 };
    await expect(storageConfig.change(grant, wanted)).rejects.toMatchObject({ code: 'forbidden' });
  });
});

describe('what cannot be', () => {
  const refused = async (different: Partial<Settings>) => {
    const before = await read();
    const response = await put(different);
    const { status, code, limit, actual } = await json<Record<string, unknown>>(response);
    expect(await read()).toEqual(before);
    return { status, code, limit, actual };
  };

  test('is a type that cannot be checked, named', async () => {
    const types = ['text/plain', 'text/html', 'image/svg+xml'];
    expect(await refused({ allowed_mime_types: types })).toEqual({
      ...{ status: 400, code: 'file_type_unknown' },
      ...{ actual: 'text/html, image/svg+xml', limit: EVERY_TYPE.join(', ') },
    });
  });
  test('is no type at all', async () => {
    expect(await refused({ allowed_mime_types: [] })).toMatchObject({ status: 400, code: 'request_invalid' });
  });
  test('is a store that is not set up', async () => {
    expect(await refused({ storage_type: 's3' })).toMatchObject({
      ...{ status: 400, code: 'storage_type_unknown', actual: 's3', limit: 'disk' },
    });
  });
  test('is a file larger than a ticket', async () => {
    expect(await refused({ max_file_size: 524_288_001 })).toMatchObject({
      ...{ status: 400, code: 'max_file_size_too_large', limit: 524_288_000, actual: 524_288_001 },
    });
  });
  test.each([0, -1, 1.5, '10'])('is a size of %j', async (size) => {
    expect(await refused({ max_file_size: size as number })).toMatchObject({ code: 'request_invalid' });
  });
});

describe('uploads', () => {
  test('are refused by type once it is taken away, and taken once it is back', async () => {
    await change({ allowed_mime_types: ['application/pdf'] });
    const { accepted } = await json<{ accepted: object[] }>(await requester.get('/attachments/policy'));
    expect(accepted).toEqual([{ extension: 'pdf', mime_type: 'application/pdf' }]);
    expect(await json(await send('It burns.\n'))).toMatchObject({ code: 'type_not_allowed', limit: 'pdf' });
    await change({ allowed_mime_types: ['application/pdf', 'text/plain'] });
    expect((await send('It burns.\n')).status).toBe(201);
  });

  test('may be larger than what the server began with', async () => {
    await change({ max_file_size: 60_000_000 });
    const large = { name: 'large.txt', bytes: Buffer.alloc(55_000_000, 'a\n') };
    expect((await requester.upload(`/tickets/${ticket}/attachments`, large)).status).toBe(201);
  });

  test('that come in pieces are refused at the next one when the limit sinks below them, and go on when it rises', async () => {
    const tus = tusOf(requester);
    const upload = await tus.begin(10);
    expect((await tus.patch(upload, 0, 'abcde')).status).toBe(204);
    await change({ max_file_size: 9 });
    expect(await problem(await tus.patch(upload, 5, 'fghij'))).toEqual([413, 'file_too_large']);
    await change({ max_file_size: 10 });
    expect((await tus.patch(upload, 5, 'fghij')).status).toBe(204);
  });

  test('that are there already stay, and can still be put on a ticket', async () => {
    const staged = await requester.stage(note('a'.repeat(30)));
    const attached = await requester.attach(ticket, note('b'.repeat(30)));
    await change({ max_file_size: 10, allowed_mime_types: ['image/png'] });
    expect((await requester.get(`/attachments/${attached}/download`)).status).toBe(200);
    const claimed = await requester.openTicket({ upload_ids: [staged] });
    const { total } = await json<{ total: number }>(await requester.get(`/tickets/${claimed}/attachments`));
    expect(total).toBe(1);
  });
});

describe('a variable that is set', () => {
  const env = { DOCKET_MAX_FILE_SIZE: '1KB', DOCKET_ALLOW_7Z: 'true', DOCKET_STORAGE: 'disk' };
  let bound: TestDesk;
  let boundAdmin: Client;
  beforeAll(async () => {
    await change({ max_file_size: 2_000, allowed_mime_types: ['text/plain'] });
    const { dataDir } = desk;
    const config = parseConfig({ ...env, DOCKET_DATA_DIR: dataDir });
    bound = await openTestDesk({ config, beside: desk });
    boundAdmin = at(bound, admin);
  });
  afterAll(() => bound.close());

  test('rules, and is told', async () => {
    await change({ max_file_size: 2_000, allowed_mime_types: ['text/plain'] });
    await expect.poll(async () => (await read(boundAdmin)).allowed_mime_types.length).toBe(2);
    expect(await read(boundAdmin)).toMatchObject({
      ...{ max_file_size: 1_024, allowed_mime_types: ['text/plain', 'application/x-7z-compressed'] },
      forced: [
        { setting: 'storage_type', variable: 'DOCKET_STORAGE', mime_type: null },
        { setting: 'base_path', variable: 'DOCKET_DATA_DIR', mime_type: null },
        { setting: 'max_file_size', variable: 'DOCKET_MAX_FILE_SIZE', mime_type: null },
        {
          setting: 'allowed_mime_types',
          ...{ variable: 'DOCKET_ALLOW_7Z', mime_type: 'application/x-7z-compressed' },
        },
      ],
    });
  });

  test.each<[string, Partial<Settings>]>([
    ['DOCKET_STORAGE', { storage_type: 's3' }],
    ['DOCKET_DATA_DIR', { base_path: '/srv' }],
    ['DOCKET_MAX_FILE_SIZE', { max_file_size: 1_000 }],
    ['DOCKET_ALLOW_7Z', { allowed_mime_types: ['text/plain'] }],
  ])('%s cannot be overruled', async (limit, different) => {
    const response = await put(different, boundAdmin);
    expect(response.status).toBe(409);
    expect(await json(response)).toMatchObject({ code: 'setting_forced', limit });
  });

  test('leaves what the table keeps as it was, for when it is taken away', async () => {
    await change({ max_file_size: 2_000, allowed_mime_types: ['text/plain'] });
    await expect.poll(async () => (await read(boundAdmin)).version).toBe((await read()).version);
    await change({ allowed_mime_types: ['text/csv', 'application/x-7z-compressed'] }, boundAdmin);
    await expect.poll(async () => (await read()).allowed_mime_types).toEqual(['text/csv']);
    expect((await read()).max_file_size).toBe(2_000);
  });
});

describe('after a restart', () => {
  test('the change still holds', async () => {
    await change({ max_file_size: 123 });
    const again = await openTestDesk({ config: NOTHING_SET, beside: desk });
    expect(again.services.storageConfig.current().maxFileSize).toBe(123);
    await again.close();
  });
});

describe('the folder of the files', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'docket-base-'));
  });
  afterEach(async () => {
    await change({ base_path: join(desk.dataDir, 'storage') });
    await rm(folder, { recursive: true });
  });
  const why = async (base_path: string) => {
    const response = await put({ base_path });
    return json<Record<string, unknown>>(response);
  };

  test('has to be one where files can be kept', async () => {
    await requester.attach(ticket);
    await writeFile(join(folder, 'a file'), 'of somebody else');
    await symlink(join(desk.dataDir, 'spool'), join(folder, 'link'));
    await mkdir(join(desk.dataDir, 'spool', 'inside'));
    const reasons: [string, string][] = [
      ['srv/files', 'relative'],
      [join(folder, 'none'), 'missing'],
      [join(folder, 'a file'), 'missing'],
      [join(desk.dataDir, 'spool'), 'inside_docket'],
      [join(desk.dataDir, 'spool', 'inside'), 'inside_docket'],
      [join(folder, 'link'), 'inside_docket'],
      ['/dev/shm', 'other_filesystem'],
      [folder, 'occupied'],
    ];
    for (const [actual, limit] of reasons) {
      expect(await why(actual)).toMatchObject({ code: 'base_path_unusable', limit, actual });
    }
    await rm(join(desk.dataDir, 'spool', 'inside'), { recursive: true });
  });

  test('is taken up at the next start once the files are there, and not before', async () => {
    const id = await requester.attach(ticket);
    const old = join(desk.dataDir, 'storage');
    const target = join(folder, 'files');
    await mkdir(target);
    expect(await change({ base_path: `${target}/` })).toMatchObject({
      ...{ base_path: target, base_path_in_use: old, takes_effect: 'restart' },
    });
    expect((await send('still there')).status).toBe(201);

    const download = (from: TestDesk) => at(from, requester).get(`/attachments/${id}/download`);
    const tooEarly = await openTestDesk({ config: NOTHING_SET, beside: desk });
    expect(tooEarly.services.storageConfig.basePathInUse).toBe(old);
    expect((await download(tooEarly)).status).toBe(200);
    await tooEarly.close();

    await rm(target, { recursive: true });
    await rename(old, target);
    const moved = await openTestDesk({ config: NOTHING_SET, beside: desk });
    expect(moved.services.storageConfig.basePathInUse).toBe(target);
    expect(await (await download(moved)).text()).toBe('It burns.\n');
    expect(await read(at(moved, admin))).toMatchObject({
      base_path: target,
      base_path_in_use: target,
      takes_effect: 'now',
    });
    await moved.close();
    await rename(target, old);
  });
});
