import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { createS3Client } from '../../src/attachments/index.ts';
import { startCeph } from '../support/ceph.ts';
import type { Environment } from '../support/docket.ts';

/** Where several instances keep what they share. */
export interface SharedStore {
  /** What instance number `n` is told of it: its data folder, and where files are. */
  environmentOf(n: number): Environment;
  close(): Promise<void>;
}

/** A folder that all of them have, as from a file server. */
export async function sharedFolder(): Promise<SharedStore> {
  const folder = await mkdtemp(join(tmpdir(), 'docket-shared-'));
  return {
    environmentOf: () => ({ DOCKET_DATA_DIR: folder }),
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

/** A bucket on real Ceph, and for each a folder of its own for files on their way. */
export async function sharedBucket(): Promise<SharedStore> {
  const ceph = await startCeph();
  const folders = await Promise.all([1, 2].map(() => mkdtemp(join(tmpdir(), 'docket-own-'))));
  const { endpoint, credentials } = ceph;
  const bucket = `docket-${randomUUID()}`;
  await createS3Client({
    ...{ bucket, endpoint, credentials, region: 'us-east-1', prefix: '' },
    ...{ forcePathStyle: true, checksums: 'when_required' },
  }).send(new CreateBucketCommand({ Bucket: bucket }));
  return {
    environmentOf: (n) => ({
      DOCKET_DATA_DIR: folders[n] ?? '',
      DOCKET_STORAGE: 's3',
      DOCKET_S3_BUCKET: bucket,
      DOCKET_S3_ENDPOINT: endpoint,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    }),
    async close() {
      await ceph.stop();
      await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
    },
  };
}
