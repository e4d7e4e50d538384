import { VARIABLES } from './variables.ts';

/** A bucket, and how to reach it. */
export interface S3Config {
  bucket: string;
  /** Undefined: Amazon's own. */
  endpoint: string | undefined;
  region: string;
  /** In front of every key, with its slash; '' for none. */
  prefix: string;
  /** `https://host/bucket/key` in place of `https://bucket.host/key`. */
  forcePathStyle: boolean;
  /** Checksums beyond what each request needs: not every server knows them. */
  checksums: 'when_required' | 'when_supported';
  /** Undefined: found by the SDK, in files or by the role of the machine. */
  credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string } | undefined;
}

export interface StorageSettings {
  storage: 'disk' | 's3';
  bucket: string | undefined;
  endpoint: string | undefined;
  region: string;
  accessKeyId: string | undefined;
  secretAccessKey: string | undefined;
  sessionToken: string | undefined;
  prefix: string;
  /** Undefined: wherever an endpoint is set. */
  forcePathStyle: boolean | undefined;
  checksums: S3Config['checksums'];
  directDownloads: boolean;
  encryptionKey: Buffer | undefined;
  previousKeys: Buffer[];
  maxFileSize: number;
}

/** Undefined without a bucket. One that is set is read from also while new files go to the disk. */
export function s3Config(set: StorageSettings): S3Config | undefined {
  const { bucket, endpoint, region, prefix, checksums } = set;
  if (!bucket) return undefined;
  const forcePathStyle = set.forcePathStyle ?? endpoint !== undefined;
  return { bucket, endpoint, region, prefix, forcePathStyle, checksums, credentials: credentialsOf(set) };
}

function credentialsOf({
  accessKeyId,
  secretAccessKey,
  sessionToken,
}: StorageSettings): S3Config['credentials'] {
  if (!accessKeyId || !secretAccessKey) return undefined;
  return { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) };
}

/** What S3 copies in one request. */
export const LARGEST_COPY = 5 * 1024 ** 3;

/** What contradicts itself, a line each. */
export function storageContradictions(set: StorageSettings): string[] {
  const { storage, s3Bucket, s3Endpoint, accessKeyId, secretAccessKey, directDownloads, maxFileSize } =
    VARIABLES;
  const { encryptionKey, previousKeys } = VARIABLES;
  const [there, missing] = set.accessKeyId ? [accessKeyId, secretAccessKey] : [secretAccessKey, accessKeyId];
  const wrong: [boolean, string][] = [
    [
      set.storage === 's3' && !set.bucket,
      `${s3Bucket.name} is not set: write it too, or take ${storage.name} away.`,
    ],
    [
      Boolean(set.endpoint) && !set.bucket,
      `${s3Bucket.name} is not set: write it too, or take ${s3Endpoint.name} away.`,
    ],
    [
      Boolean(set.bucket) && !set.accessKeyId !== !set.secretAccessKey,
      `${missing.name} is not set: write it too, or take ${there.name} away.`,
    ],
    [
      set.directDownloads && !set.bucket,
      `${s3Bucket.name} is not set: write it too, or take ${directDownloads.name} away.`,
    ],
    [
      set.directDownloads && set.encryptionKey !== undefined,
      `${directDownloads.name} cannot go with ${encryptionKey.name}, since the bucket cannot open what is sealed: take one of them away.`,
    ],
    [
      set.previousKeys.length > 0 && !set.encryptionKey,
      `${encryptionKey.name} is not set: write it too, or take ${previousKeys.name} away.`,
    ],
    [
      set.storage === 's3' && set.maxFileSize > LARGEST_COPY,
      `${maxFileSize.name} is larger than what S3 copies at once: write at most 5GB.`,
    ],
  ];
  return wrong.flatMap(([is, line]) => (is ? [line] : []));
}
