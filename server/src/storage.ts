import { join } from 'node:path';
import {
  createDiskStore,
  createS3Client,
  createS3Store,
  createSpool,
  createStores,
  type Hashing,
  type Sealing,
  type Spool,
  type Store,
  type Stores,
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

/** All of them, of which `current` takes new files; as the configuration says, unless an admin has said otherwise. */
export function storageOf(
  config: Config,
  root = join(config.dataDir, 'storage'),
  current: () => string = () => config.storage,
): Stores {
  return createStores(storesOf(config, root), current, sealingOf(config));
}

/** Free bytes that uploads leave on the disk: more than the database's log takes between two checkpoints. */
export const DISK_RESERVE = 64 * 1024 * 1024;

/** Local disk for files on their way in. */
export function spoolOf(
  { dataDir, fileMode, dirMode }: Config,
  hashing: Hashing,
  reserve = DISK_RESERVE,
): Spool {
  return createSpool({ folder: join(dataDir, 'spool'), fileMode, dirMode, hashing, reserve });
}
