import { join } from 'node:path';
import { createDiskStore, createS3Client, createS3Store, type Store } from './attachments/index.ts';
import type { Config } from './config.ts';

/** Every store there may be files in: the disk always, a bucket where one is set. */
export function storesOf({ dataDir, fileMode, dirMode, s3 }: Config): Store[] {
  const disk = createDiskStore({ root: join(dataDir, 'storage'), fileMode, dirMode });
  if (!s3) return [disk];
  return [disk, createS3Store({ client: createS3Client(s3), bucket: s3.bucket, prefix: s3.prefix })];
}
