import { statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Client } from '../support/client.ts';
import { openTestDesk, type TestDesk } from '../support/desk.ts';
import { expectOrder } from '../support/disorder.ts';
import { Exchange } from '../support/exchange.ts';
import { FORM_TYPE, filePart, form, post } from '../support/form.ts';
import { expectProblem } from '../support/problem.ts';
import { textOf } from '../support/samples.ts';
import { mayMount, mountSmallDisk } from '../support/small-disk.ts';

const MB = 1024 * 1024;
const RESERVE = 16 * MB;
const DISK = 40 * MB;

describe('a disk whose free space is the reserve already', () => {
  let desk: TestDesk;
  let requester: Client;
  beforeAll(async () => {
    desk = await openTestDesk({ bounds: { diskReserve: Number.MAX_SAFE_INTEGER } });
    requester = await desk.person('customer');
  });
  afterAll(() => desk?.close());

  test.each(['/uploads', 'a ticket'])('takes no more: 507, and no body is asked for: %s', async (to) => {
    const path = to === '/uploads' ? to : `/tickets/${await requester.openTicket()}/attachments`;
    const exchange = await Exchange.open(requester, path, {
      ...{ ...FORM_TYPE, 'content-length': 100, expect: '100-continue' },
    });
    expectProblem(await exchange.answer, 507, 'storage_full');
    expect(exchange.continues).toBe(0);
    await expectOrder(desk);
  });

  test('all else works: tickets are opened, and a downloaded file needs no room', async () => {
    expect((await requester.get(`/tickets/${await requester.openTicket()}`)).status).toBe(200);
  });
});

describe.skipIf(!mayMount)('a small disk', () => {
  let disk: Awaited<ReturnType<typeof mountSmallDisk>>;
  let desk: TestDesk;
  let people: Client[];
  const written: string[] = [];

  beforeAll(async () => {
    disk = await mountSmallDisk(`size=${DISK}`);
    desk = await openTestDesk({
      config: { dataDir: join(disk.folder, 'data'), maxFileSize: DISK, concurrentUploads: 4 },
      bounds: { diskReserve: RESERVE, maxStagedSize: 10 * DISK },
    });
    people = await Promise.all([desk.person('customer'), desk.person('customer')]);
  });
  afterAll(async () => {
    await desk?.close();
    await disk?.unmount();
  });
  afterEach(async () => {
    for (const person of people) {
      for (const id of await stagedBy(person)) await person.send('DELETE', `/uploads/${id}`);
    }
    for (const path of written.splice(0)) await writeFile(path, '');
    await expectOrder(desk);
  });

  const free = async () => {
    const { bavail, bsize } = await statfs(disk.folder);
    return bavail * bsize;
  };
  const stagedBy = async (person: Client) => {
    const { data } = (await (await person.get('/uploads?limit=100')).json()) as { data: { id: string }[] };
    return data.map(({ id }) => id);
  };
  const stage = (person: Client | undefined, bytes: number, how: 'whole' | 'chunked') =>
    post(person ?? desk.anonymous, '/uploads', form([filePart(textOf(bytes))]), { how });

  test('takes what leaves the reserve, and refuses by its Content-Length what does not', async () => {
    expectProblem(await stage(people[0], 26 * MB, 'whole'), 507, 'storage_full');
    expect((await stage(people[0], 10 * MB, 'whole')).status).toBe(201);
  });

  test('refuses in the middle what did not say how large it is, and has its room again', async () => {
    const before = await free();
    expectProblem(await stage(people[0], 36 * MB, 'chunked'), 507, 'storage_full', { file_name: 'note.txt' });
    await expectOrder(desk);
    // The thread that hashes lets go of the file a moment later.
    await expect.poll(free, { timeout: 2_000 }).toBe(before);
    expect((await stage(people[0], 1 * MB, 'chunked')).status).toBe(201);
  });

  test('keeps its reserve from many at once, of which none alone is too large', async () => {
    const answers = await Promise.all(
      people.flatMap((person) => Array.from({ length: 4 }, () => stage(person, 5 * MB, 'chunked'))),
    );
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 201).length).toBeGreaterThan(0);
    expect(statuses.filter((status) => status === 507).length).toBeGreaterThan(0);
    expect(await free()).toBeGreaterThan(RESERVE - 12 * MB);
  });

  test('that others fill to the last byte refuses what it cannot write, and nothing of it stays', async () => {
    const body = form([filePart(textOf(4 * MB))]);
    const [person = desk.anonymous] = people;
    const exchange = await Exchange.open(person, '/uploads', { ...FORM_TYPE, 'content-length': body.length });
    await exchange.write(body.subarray(0, 1 * MB));
    const filler = join(disk.folder, 'filler');
    written.push(filler);
    await writeFile(filler, Buffer.alloc((await free()) - MB));
    await exchange.write(body.subarray(1 * MB));
    expectProblem(await exchange.answer, 507, 'storage_full', { file_name: 'note.txt' });
    await expectOrder(desk);
    expect(await stagedBy(person)).toEqual([]);
  });
});
