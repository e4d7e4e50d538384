import { randomBytes, randomUUID } from 'node:crypto';
import { appendFile, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { CreateBucketCommand, ListMultipartUploadsCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createS3Store } from '../../../src/attachments/store/s3.ts';
import { storeContract } from '../../contracts/store.ts';
import { type Ceph, startCeph, withCeph } from '../../support/ceph.ts';

describe.runIf(withCeph)('Ceph', () => {
  let ceph: Ceph;
  let client: S3Client;
  let folder: string;
  beforeAll(async () => {
    ceph = await startCeph();
    const { endpoint, credentials } = ceph;
    client = new S3Client({
      ...{ endpoint, credentials, region: 'us-east-1', forcePathStyle: true },
      ...{ requestChecksumCalculation: 'WHEN_REQUIRED', responseChecksumValidation: 'WHEN_REQUIRED' },
    });
    folder = await mkdtemp(join(tmpdir(), 'docket-s3-'));
  }, 60_000);
  afterAll(async () => {
    client?.destroy();
    await ceph?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function bucket(): Promise<string> {
    const Bucket = `docket-${randomUUID()}`;
    await client.send(new CreateBucketCommand({ Bucket }));
    return Bucket;
  }
  async function spooled(bytes: Uint8Array): Promise<string> {
    const path = join(folder, randomUUID());
    await writeFile(path, bytes);
    return path;
  }

  describe('keeps the contract', () => {
    storeContract(async () => ({
      store: createS3Store({ client, bucket: await bucket(), prefix: 'help/' }),
      spooled,
      close: async () => {},
    }));
  });

  describe('a file that is still being written', () => {
    const bytes = randomBytes(17_000_000);
    const key = 'tickets/1/growing';

    async function growing() {
      const Bucket = await bucket();
      const store = createS3Store({ client, bucket: Bucket, prefix: '' });
      const path = await spooled(bytes.subarray(0, 12_000_000));
      const put = store.putGrowing?.(key, path);
      if (!put) throw new Error('S3 takes no file that grows');
      put.advance(1_000_000);
      put.advance(12_000_000);
      const unfinished = async () =>
        (await client.send(new ListMultipartUploadsCommand({ Bucket }))).Uploads?.length ?? 0;
      return { store, path, put, unfinished };
    }

    test('is on its way before its end, and whole when that is told', async () => {
      const { store, path, put, unfinished } = await growing();
      await expect.poll(unfinished).toBe(1);
      expect(await store.stat(key)).toBeUndefined();
      await appendFile(path, bytes.subarray(12_000_000));
      put.advance(bytes.length);
      await put.finish();
      expect(bytes.equals(await buffer(await store.read(key)))).toBe(true);
      expect(await unfinished()).toBe(0);
      await expect(stat(path)).rejects.toThrow('ENOENT');
    });

    test('leaves nothing when it is given up, at whatever moment', async () => {
      for (const moment of [0, 5, 30, 200]) {
        const { store, put, unfinished } = await growing();
        await sleep(moment);
        await put.abandon();
        expect(await store.stat(key)).toBeUndefined();
        expect(await unfinished()).toBe(0);
      }
    });
  });

  test('a file of several parts is whole, and leaves no unfinished upload', async () => {
    const Bucket = await bucket();
    const store = createS3Store({ client, bucket: Bucket, prefix: '' });
    const bytes = Buffer.alloc(20_000_001, 'a long log\n');
    await store.put('tickets/1/2', await spooled(bytes));
    expect((await store.stat('tickets/1/2'))?.size).toBe(bytes.length);
    const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket }));
    expect(Uploads).toEqual([]);
  });
});
