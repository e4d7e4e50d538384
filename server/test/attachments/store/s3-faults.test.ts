import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { CreateBucketCommand, ListMultipartUploadsCommand } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createS3Client } from '../../../src/attachments/store/s3/client.ts';
import { createS3Store } from '../../../src/attachments/store/s3.ts';
import { MissingObject, type Store } from '../../../src/attachments/store/store.ts';
import { type Ceph, startCeph, withCeph } from '../../support/ceph.ts';
import { type FaultyS3, startFaultyS3 } from '../../support/faulty-s3.ts';

const UNAVAILABLE = { code: 'storage_unavailable', details: { retry_after: 5 } };

describe.runIf(withCeph)('an S3 on which things go wrong', () => {
  let ceph: Ceph;
  let line: FaultyS3;
  let folder: string;
  let client: ReturnType<typeof createS3Client>;
  let store: Store;
  /** The same bucket, without faults. */
  let calm: Store;
  const bucket = `docket-${randomUUID()}`;

  beforeAll(async () => {
    ceph = await startCeph();
    line = await startFaultyS3(ceph.endpoint);
    const connection = {
      ...{ region: 'us-east-1', forcePathStyle: true, checksums: 'when_required' as const },
      credentials: ceph.credentials,
    };
    const patience = { connection: 1_000, silence: 1_000 };
    client = createS3Client({ ...connection, endpoint: line.endpoint }, patience);
    await client.send(new CreateBucketCommand({ Bucket: bucket }));
    store = createS3Store({ client, bucket, prefix: '' });
    const straight = createS3Client({ ...connection, endpoint: ceph.endpoint });
    calm = createS3Store({ client: straight, bucket, prefix: '' });
    folder = await mkdtemp(join(tmpdir(), 'docket-faults-'));
  }, 60_000);
  afterAll(async () => {
    await line?.close();
    await ceph?.stop();
    await rm(folder, { recursive: true, force: true });
  });
  afterEach(() => {
    line.fault = () => undefined;
    line.forget();
  });

  const newKey = () => `tickets/${randomUUID()}/${randomUUID()}`;
  async function spooled(bytes: Uint8Array): Promise<string> {
    const path = join(folder, randomUUID());
    await writeFile(path, bytes);
    return path;
  }
  async function there(bytes: Uint8Array): Promise<string> {
    const key = newKey();
    await calm.put(key, await spooled(bytes));
    return key;
  }
  async function unfinished(): Promise<(string | undefined)[]> {
    const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: bucket }));
    return Uploads.map(({ Key }) => Key);
  }
  const small = randomBytes(100_000);
  const large = randomBytes(18_000_000);

  describe.each([
    ['a small file', small],
    ['a file of several parts', large],
  ])('%s', (_, bytes) => {
    test.each(['error', 'reset', 'lost', 'tag'] as const)(
      'is put whole although one request after the other meets with "%s" once',
      async (fault) => {
        const failed = new Set<string>();
        line.fault = ({ method, url = '' }) => {
          // The tag of a part is told back to the server, which would find it wrong.
          if (fault === 'tag' && url.includes('partNumber')) return undefined;
          const asked = `${method} ${url}`;
          if (failed.has(asked)) return undefined;
          failed.add(asked);
          return fault;
        };
        const key = newKey();
        await store.put(key, await spooled(bytes));
        expect(failed.size).toBeGreaterThan(1);
        expect(bytes.equals(await buffer(await calm.read(key)))).toBe(true);
      },
      30_000,
    );

    test.each(['error', 'reset', 'silent'] as const)(
      'is refused for now where all requests meet with "%s", and its spool file stays',
      async (fault) => {
        line.fault = () => fault;
        const [key, path] = [newKey(), await spooled(bytes)];
        await expect(store.put(key, path)).rejects.toMatchObject(UNAVAILABLE);
        expect((await stat(path)).size).toBe(bytes.length);
        expect(await calm.stat(key)).toBeUndefined();
      },
      30_000,
    );
  });

  test('a part that cannot be sent ends the upload: no part of it stays', async () => {
    line.fault = ({ url = '' }) => (url.includes('partNumber=2') ? 'error' : undefined);
    const key = newKey();
    await expect(store.put(key, await spooled(large))).rejects.toMatchObject(UNAVAILABLE);
    expect(await calm.stat(key)).toBeUndefined();
    expect(await unfinished()).not.toContain(key);
  });

  test('a part whose tag came back wrong makes no object', async () => {
    line.fault = ({ url = '' }) => (url.includes('partNumber') ? 'tag' : undefined);
    const key = newKey();
    await expect(store.put(key, await spooled(large))).rejects.toMatchObject(UNAVAILABLE);
    expect(await calm.stat(key)).toBeUndefined();
  });

  test('what failed while a file was still growing is made good when it is whole', async () => {
    const first = /partNumber=1\b/;
    line.fault = ({ url = '' }) => (first.test(url) ? 'reset' : undefined);
    const [key, path] = [newKey(), await spooled(large)];
    const put = store.putGrowing?.(key, path);
    put?.advance(12_000_000);
    // The client tries three times.
    await expect.poll(() => line.seen.filter((one) => first.test(one)).length, { timeout: 10_000 }).toBe(3);
    await expect.poll(unfinished).toContain(key);
    line.fault = () => undefined;
    await put?.finish();
    expect(large.equals(await buffer(await calm.read(key)))).toBe(true);
    expect(await unfinished()).not.toContain(key);
  });

  test('what an upload left whose end nobody heard of is cleared away once it is old', async () => {
    line.fault = ({ method }) => (method === 'DELETE' || method === 'PUT' ? 'reset' : undefined);
    const key = newKey();
    await expect(store.put(key, await spooled(large))).rejects.toMatchObject(UNAVAILABLE);
    line.fault = () => undefined;
    expect(await unfinished()).toContain(key);
    expect(await store.clear?.(new Date(Date.now() - 60_000))).toBe(0);
    expect(await unfinished()).toContain(key);
    expect(await store.clear?.(new Date(Date.now() + 60_000))).toBeGreaterThan(0);
    expect(await unfinished()).toEqual([]);
  });

  describe('reading', () => {
    test.each(['error', 'reset'] as const)('goes on where it meets with "%s" once', async (fault) => {
      const key = await there(small);
      line.fault = (_, nth) => (nth === 1 ? fault : undefined);
      expect(small.equals(await buffer(await store.read(key)))).toBe(true);
    });

    test.each(['cut', 'stalled'] as const)('breaks off where the answer is "%s"', async (fault) => {
      const key = await there(small);
      line.fault = () => fault;
      await expect(async () => buffer(await store.read(key))).rejects.toThrow();
    });

    test.each(['short', 'long'] as const)('a range whose answer is too %s breaks off', async (fault) => {
      const key = await there(small);
      line.fault = () => fault;
      await expect(async () => buffer(await store.read(key, { start: 10, end: 9_999 }))).rejects.toThrow();
    });

    test('what is not there is told apart from a server that does not answer', async () => {
      await expect(store.read(newKey())).rejects.toBeInstanceOf(MissingObject);
      line.fault = () => 'error';
      await expect(store.read(newKey())).rejects.toMatchObject(UNAVAILABLE);
      await expect(store.stat(newKey())).rejects.toMatchObject(UNAVAILABLE);
      await expect(store.remove(newKey())).rejects.toMatchObject(UNAVAILABLE);
      await expect(store.copy(newKey(), newKey())).rejects.toMatchObject(UNAVAILABLE);
      await expect(store.list('tickets/', new Date())[Symbol.asyncIterator]().next()).rejects.toMatchObject(
        UNAVAILABLE,
      );
    });

    test('a missing bucket is a server that is not in order, not a missing file', async () => {
      const nowhere = createS3Store({ client, bucket: `docket-${randomUUID()}`, prefix: '' });
      await expect(nowhere.read(newKey())).rejects.toMatchObject(UNAVAILABLE);
      await expect(nowhere.put(newKey(), await spooled(small))).rejects.toMatchObject(UNAVAILABLE);
    });

    test('ends its request when the reader goes', async () => {
      const key = await there(large);
      line.forget();
      const reading = await store.read(key);
      await new Promise((some) => reading.once('data', some));
      reading.destroy();
      await new Promise((later) => setTimeout(later, 500));
      expect(line.passed()).toBeLessThan(large.length / 2);
    });
  });

  test('it is back as soon as it is back', async () => {
    line.fault = () => 'reset';
    const path = await spooled(small);
    const key = newKey();
    await expect(store.put(key, path)).rejects.toMatchObject(UNAVAILABLE);
    line.fault = () => undefined;
    await store.put(key, path);
    expect(small.equals(await buffer(await store.read(key)))).toBe(true);
  });
});
