import { createHash, randomUUID } from 'node:crypto';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createS3Client } from '../../src/attachments/index.ts';
import { type Ceph, startCeph, withCeph } from '../support/ceph.ts';
import type { Client } from '../support/client.ts';
import { openTestDesk, type TestDesk } from '../support/desk.ts';
import { docket, type Environment, startDocket, urlOf } from '../support/docket.ts';
import { type FaultyS3, startFaultyS3 } from '../support/faulty-s3.ts';
import { textOf } from '../support/samples.ts';

const sha256 = (bytes: ArrayBuffer) => createHash('sha256').update(Buffer.from(bytes)).digest('hex');

describe.runIf(withCeph)('docket storage', () => {
  let ceph: Ceph;
  let line: FaultyS3;
  let desk: TestDesk;
  let requester: Client;
  let onDisk: Environment;
  let inBucket: Environment;
  const files = new Map<string, string>();

  beforeAll(async () => {
    ceph = await startCeph();
    line = await startFaultyS3(ceph.endpoint);
    const s3 = {
      ...{ bucket: `docket-${randomUUID()}`, endpoint: line.endpoint, region: 'us-east-1', prefix: '' },
      ...{ forcePathStyle: true, checksums: 'when_required' as const, credentials: ceph.credentials },
    };
    await createS3Client(s3).send(new CreateBucketCommand({ Bucket: s3.bucket }));
    // A server whose files are on the disk still, and which can read from the bucket.
    desk = await openTestDesk({ config: { s3, maxFilesPerTicket: 100 } });
    requester = await desk.person('customer');
    const ticket = await requester.openTicket();
    for (let n = 0; n < 24; n += 1) {
      const bytes = Buffer.from(textOf(40_000 + n));
      files.set(
        await requester.attach(ticket, { name: `${n}.txt`, bytes }),
        sha256(new Uint8Array(bytes).buffer),
      );
    }
    onDisk = {
      DATABASE_URL: urlOf(desk.to),
      DOCKET_DATA_DIR: desk.dataDir,
      DOCKET_S3_BUCKET: s3.bucket,
      DOCKET_S3_ENDPOINT: line.endpoint,
      AWS_ACCESS_KEY_ID: ceph.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: ceph.credentials.secretAccessKey,
    };
    inBucket = { ...onDisk, DOCKET_STORAGE: 's3' };
  }, 90_000);
  afterAll(async () => {
    await desk?.close();
    await line?.close();
    await ceph?.stop();
  });

  const storages = async () => {
    const rows = await desk.db.selectFrom('ticket_attachments').select('storage').execute();
    const count = (name: string) => rows.filter(({ storage }) => storage === name).length;
    return { disk: count('disk'), s3: count('s3') };
  };
  const expectAllWhole = async () => {
    for (const [id, hash] of files) {
      const response = await requester.get(`/attachments/${id}/download`);
      expect(sha256(await response.arrayBuffer())).toBe(hash);
    }
  };

  test('move is refused while new files go elsewhere, and says what to do', async () => {
    const { code, stderr } = await docket(['storage', 'move', '--to', 's3'], onDisk);
    expect([code, stderr]).toEqual([3, expect.stringContaining('set DOCKET_STORAGE=s3')]);
  });

  test('move goes on after kill -9 in the middle, beside a server that serves every file', async () => {
    const running = startDocket(['storage', 'move', '--to', 's3', '--json'], inBucket);
    await vi.waitFor(async () => expect((await storages()).s3).toBeGreaterThan(3), {
      timeout: 30_000,
      interval: 5,
    });
    process.kill(running.child.pid ?? 0, 'SIGKILL');
    await running.ended;
    const { disk: left } = await storages();
    expect(left).toBeGreaterThan(0);
    await expectAllWhole();

    const { code, stdout } = await docket(['storage', 'move', '--to', 's3', '--json'], inBucket);
    expect([code, JSON.parse(stdout)]).toEqual([0, { moved: left, gone: 0, damaged: 0 }]);
    expect(await storages()).toEqual({ disk: 0, s3: files.size });
    await expectAllWhole();
  }, 90_000);

  test('move brings them back, and rewrap seals them', async () => {
    const { code } = await docket(['storage', 'move', '--to', 'disk'], onDisk);
    expect(code).toBe(0);
    expect(await storages()).toEqual({ disk: files.size, s3: 0 });
    const sealing = { ...onDisk, DOCKET_ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64') };
    const { stdout } = await docket(['storage', 'rewrap', '--json'], sealing);
    expect(JSON.parse(stdout)).toMatchObject({ moved: files.size });
    const rows = await desk.db.selectFrom('ticket_attachments').select('key_id').distinct().execute();
    expect(rows).toEqual([{ key_id: expect.stringMatching(/^[0-9a-f]{16}$/) }]);
    // Without a key they are opened again.
    const opening = {
      ...sealing,
      DOCKET_ENCRYPTION_KEY: Buffer.alloc(32, 8).toString('base64'),
      DOCKET_ENCRYPTION_PREVIOUS_KEYS: sealing.DOCKET_ENCRYPTION_KEY,
    };
    expect((await docket(['storage', 'rewrap'], opening)).code).toBe(0);
  }, 90_000);

  test('a file that is missing is told by the exit code', async () => {
    const [id = ''] = files.keys();
    await desk.db
      .updateTable('ticket_attachments')
      .set({ file_path: 'tickets/a/b' })
      .where('id', '=', id)
      .execute();
    const { code, stdout, stderr } = await docket(['storage', 'move', '--to', 's3', '--json'], {
      ...inBucket,
      DOCKET_ENCRYPTION_KEY: Buffer.alloc(32, 8).toString('base64'),
    });
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ damaged: 1 });
    expect(stderr).toContain('1 file is missing or changed');
  }, 60_000);
});
