import { S3Client } from '@aws-sdk/client-s3';
import { NodeHttpHandler } from '@smithy/node-http-handler';

export interface S3Connection {
  /** Undefined: Amazon's own. */
  endpoint: string | undefined;
  region: string;
  /** `https://host/bucket/key` in place of `https://bucket.host/key`. */
  forcePathStyle: boolean;
  /** Checksums beyond what each request needs; not every server knows them. */
  checksums: 'when_supported' | 'when_required';
}

/** Milliseconds to a connection, and without a byte over it. */
const CONNECTION = 5_000;
const SILENCE = 30_000;
const MOST_CONNECTIONS = 100;

/** Credentials come by the SDK's own chain: environment, shared files, the role of the machine. */
export function createS3Client({ endpoint, region, forcePathStyle, checksums }: S3Connection): S3Client {
  const when = checksums === 'when_supported' ? 'WHEN_SUPPORTED' : 'WHEN_REQUIRED';
  return new S3Client({
    ...(endpoint !== undefined && { endpoint }),
    ...{ region, forcePathStyle, maxAttempts: 3 },
    ...{ requestChecksumCalculation: when, responseChecksumValidation: when },
    requestHandler: new NodeHttpHandler({
      ...{ connectionTimeout: CONNECTION, socketTimeout: SILENCE },
      httpAgent: { keepAlive: true, maxSockets: MOST_CONNECTIONS },
      httpsAgent: { keepAlive: true, maxSockets: MOST_CONNECTIONS },
    }),
  });
}
