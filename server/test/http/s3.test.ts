import { createHash, randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { CreateBucketCommand, ListMultipartUploadsCommand } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { createS3Client } from '../../src/attachments/index.ts';
import type { Config } from '../../src/config.ts';
import { type Ceph, startCeph, withCeph } from '../support/ceph.ts';
import { type Client, note } from '../support/client.ts';
import { openTestDesk, type TestDesk } from '../support/desk.ts';
import { type FaultyS3, startFaultyS3 } from '../support/faulty-s3.ts';
import { textOf } from '../support/samples.ts';
import { tusOf } from '../support/tus.ts';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

describe.runIf(withCeph)('files in S3', () => {
  let ceph: Ceph;
  let line: FaultyS3;
  let config: Partial<Config>;
  let desk: TestDesk;
  let beside: TestDesk;
  let requester: Client;
  let ticket: string;
  let unfinished: () => Promise<unknown[]>;

  beforeAll(async () => {
    ceph = await startCeph();
    line = await startFaultyS3(ceph.endpoint);
    const s3 = {
      ...{ bucket: `docket-${randomUUID()}`, endpoint: line.endpoint, region: 'us-east-1', prefix: 'help/' },
      ...{ forcePathStyle: true, checksums: 'when_required' as const, credentials: ceph.credentials },
    };
    const client = createS3Client(s3);
    await client.send(new CreateBucketCommand({ Bucket: s3.bucket }));
    unfinished = async () => {
      const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: s3.bucket }));
      return Uploads.map(({ Key }) => Key);
    };
    config = { storage: 's3', s3, concurrentUploads: 100 };
    desk = await openTestDesk({ config });
    beside = await openTestDesk({ config, beside: desk });
    requester = await desk.person('customer');
    ticket = await requester.openTicket();
  }, 60_000);
  afterAll(async () => {
    await beside?.close();
    await desk?.close();
    await line?.close();
    await ceph?.stop();
  });
  afterEach(() => {
    line.fault = () => undefined;
  });

  const spooled = () => readdir(join(desk.dataDir, 'spool'));
  const download = async (id: string, headers: Record<string, string> = {}) =>
    Buffer.from(await (await requester.get(`/attachments/${id}/download`, headers)).arrayBuffer());
  /** The same person, at the other instance. */
  const there = () => Object.assign(Object.create(requester), { url: `${beside.url}/api/v1` }) as Client;

  test.each([
    ['small', textOf(5_000)],
    ['of several parts', textOf(20_000_000)],
  ])(
    'a %s one comes back as it was, whole and in ranges, and leaves nothing in the spool',
    async (_, bytes) => {
      const id = await requester.attach(ticket, { name: 'long.txt', bytes });
      const whole = Buffer.from(bytes);
      expect(sha256(await download(id))).toBe(sha256(whole));
      const part = await download(id, { range: 'bytes=1000-2999' });
      expect(part.equals(whole.subarray(1000, 3000))).toBe(true);
      expect(await spooled()).toEqual([]);
    },
  );

  describe('one whose parts were on their way before its end leaves none there', () => {
    const bytes = Buffer.from(textOf(16_000_000));

    test('when it is refused', async () => {
      bytes[bytes.length - 1] = 0;
      line.forget();
      const path = `/tickets/${ticket}/attachments`;
      const refused = await requester.upload(path, { name: 'long.txt', bytes });
      expect(refused.status).toBe(400);
      expect(await refused.json()).toMatchObject({ code: 'type_mismatch' });
      expect(line.seen.some((one) => /^POST .*\?uploads/.test(one))).toBe(true);
      expect(await unfinished()).toEqual([]);
      expect(await spooled()).toEqual([]);
    });

    test('when its sender goes', async () => {
      line.forget();
      const sending = request(`${requester.url}/tickets/${ticket}/attachments`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${requester.token}`,
          'content-type': 'multipart/form-data; boundary=x',
        },
      });
      sending.on('error', () => {});
      sending.write('--x\r\ncontent-disposition: form-data; name="file"; filename="a.txt"\r\n\r\n');
      sending.write(bytes);
      await expect
        .poll(() => line.seen.some((one) => one.includes('partNumber=2')), { timeout: 10_000 })
        .toBe(true);
      sending.destroy();
      await expect.poll(unfinished, { timeout: 10_000 }).toEqual([]);
      await expect.poll(spooled, { timeout: 10_000 }).toEqual([]);
    });
  });

  test('a staged one goes on its reply, and moves to its ticket', async () => {
    const upload = await requester.stage(note('I type while it arrives.\n'));
    await requester.post(`/tickets/${ticket}/replies`, { body: 'See the file.', upload_ids: [upload] });
    await desk.services.attachments.sweep('quick');
    expect((await download(upload)).toString()).toBe('I type while it arrives.\n');
  });

  test('an upload that began at one instance ends at another', async () => {
    const bytes = Buffer.from(textOf(3_000_000));
    const [here, other] = [tusOf(requester), tusOf(there())];
    const path = await here.begin(bytes.length, { ticket_id: ticket });
    expect((await here.patch(path, 0, bytes.subarray(0, 1_000_000))).status).toBe(204);
    expect((await other.patch(path, 1_000_000, bytes.subarray(1_000_000, 1_500_000))).status).toBe(204);
    expect((await here.patch(path, 1_500_000, bytes.subarray(1_500_000))).status).toBe(204);
    const { attachment_id: id } = await here.record(path);
    expect(sha256(await download(String(id)))).toBe(sha256(bytes));
  });

  describe('that does not answer', () => {
    test('refuses for now, says when to try again, keeps nothing, and is back by itself', async () => {
      const id = await requester.attach(ticket);
      line.fault = () => 'error';
      const refused = await requester.upload(`/tickets/${ticket}/attachments`, note());
      expect(refused.status).toBe(503);
      expect(refused.headers.get('retry-after')).toBe('5');
      expect(await refused.json()).toMatchObject({ code: 'storage_unavailable' });
      const unread = await requester.get(`/attachments/${id}/download`);
      expect(unread.status).toBe(503);
      expect(unread.headers.get('content-disposition')).toBeNull();
      const ready = await fetch(`${desk.url}/readyz`);
      expect(ready.status).toBe(503);
      expect(await ready.json()).toMatchObject({ status: 'not_ready', storage: 'failed', database: 'ok' });

      line.fault = () => undefined;
      await requester.attach(ticket);
      expect((await download(id)).length).toBeGreaterThan(0);
      await vi.waitFor(async () => expect((await fetch(`${desk.url}/readyz`)).status).toBe(200), 10_000);
      await desk.services.attachments.sweep('quick');
      expect(await spooled()).toEqual([]);
    });

    test('a piece that was not kept is not counted', async () => {
      const bytes = Buffer.from(textOf(200_000));
      const tus = tusOf(requester);
      const path = await tus.begin(bytes.length, { ticket_id: ticket });
      await tus.patch(path, 0, bytes.subarray(0, 100_000));
      line.fault = ({ method }) => (method === 'PUT' ? 'error' : undefined);
      expect((await tus.patch(path, 100_000, bytes.subarray(100_000))).status).toBe(503);
      line.fault = () => undefined;
      expect((await tus.head(path)).headers.get('upload-offset')).toBe('100000');
      expect((await tus.patch(path, 100_000, bytes.subarray(100_000))).status).toBe(204);
      const { attachment_id: id } = await tus.record(path);
      expect(sha256(await download(String(id)))).toBe(sha256(bytes));
    });

    test.each(['short', 'long', 'cut'] as const)(
      'an answer that is %s is never taken for the file',
      async (fault) => {
        const id = await requester.attach(ticket, { name: 'long.txt', bytes: textOf(300_000) });
        line.fault = ({ method }) => (method === 'GET' ? fault : undefined);
        const whole = async () => {
          const response = await requester.get(`/attachments/${id}/download`);
          if (!response.ok) throw new Error(String(response.status));
          return response.arrayBuffer();
        };
        await expect(whole()).rejects.toThrow();
      },
    );
  });

  describe('that are downloaded from the store itself', () => {
    let direct: TestDesk;
    let client: Client;
    beforeAll(async () => {
      direct = await openTestDesk({ config: { ...config, directDownloads: true }, beside: desk });
      client = Object.assign(Object.create(requester), { url: `${direct.url}/api/v1` });
    });
    afterAll(() => direct?.close());

    test('are sent on for a minute, with their name and type', async () => {
      const id = await requester.attach(ticket, note('It burns.\n', 'Rauch & Überhitzung.txt'));
      const sent = await client.fetch(`/attachments/${id}/download`, { redirect: 'manual' });
      expect(sent.status).toBe(302);
      expect(sent.headers.get('cache-control')).toBe('no-store');
      const location = new URL(sent.headers.get('location') ?? '');
      expect(Number(location.searchParams.get('X-Amz-Expires'))).toBeLessThanOrEqual(60);
      const there = await fetch(location);
      expect(await there.text()).toBe('It burns.\n');
      expect(there.headers.get('content-type')).toBe('text/plain');
      expect(there.headers.get('content-disposition')).toMatch(/^attachment; .*filename\*=UTF-8''Rauch%20/);
      const other = new URL(location);
      other.searchParams.set('response-content-type', 'text/html');
      expect((await fetch(other)).status).toBe(403);
    });

    test('are not for strangers, and a preview never leaves here', async () => {
      const id = await requester.attach(ticket, note());
      const stranger = Object.assign(Object.create(await desk.person('customer')), {
        url: client.url,
      }) as Client;
      expect((await stranger.fetch(`/attachments/${id}/download`, { redirect: 'manual' })).status).toBe(403);
      const preview = await client.fetch(`/attachments/${id}/preview`, { redirect: 'manual' });
      expect(preview.status).toBe(200);
    });

    test('that are on the disk come from here', async () => {
      const old = await openTestDesk({ config: { ...config, storage: 'disk' }, beside: desk });
      try {
        const person = Object.assign(Object.create(requester), { url: `${old.url}/api/v1` }) as Client;
        const id = await person.attach(ticket, note('I am on the disk.\n'));
        const response = await client.fetch(`/attachments/${id}/download`, { redirect: 'manual' });
        expect(response.status).toBe(200);
        expect(await response.text()).toBe('I am on the disk.\n');
      } finally {
        await old.close();
      }
    });
  });
});
