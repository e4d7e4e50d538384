import { join } from 'node:path';
import {
  createDiskStore,
  createS3Client,
  createS3Store,
  type Sealing,
  type Store,
  sealingKey,
} from './attachments/index.ts';
import type { Config } from './config.ts';

/** What seals and opens stored files; undefined: they are stored as they are. */
export function sealingOf({ sealing, dataDir }: Config): Sealing | undefined {
  const [first, ...others] = sealing.map(sealingKey);
  return first && { keys: [first, ...others], folder: join(dataDir, 'spool') };
}

/** Every store there may be files in: the disk always, with its files below `root`, and a bucket where one is set. */
export function storesOf({ fileMode, dirMode, s3 }: Config, root: string): Store[] {
  const disk = createDiskStore({ root, fileMode, dirMode });
  if (!s3) return [disk];
  return [disk, createS3Store({ client: createS3Client(s3), bucket: s3.bucket, prefix: s3.prefix })];
}
