import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { bearWithReader } from './slow-reader.ts';

export interface S3Connection {
  /** Undefined: Amazon's own. */
  endpoint: string | undefined;
  region: string;
  /** `https://host/bucket/key` in place of `https://bucket.host/key`. */
  forcePathStyle: boolean;
  /** Checksums beyond what each request needs; not every server knows them. */
  checksums: 'when_supported' | 'when_required';
  /** Undefined: by the SDK's own chain, from files or the role of the machine. */
  credentials: S3ClientConfig['credentials'] | undefined;
}

/** Milliseconds to a connection, and without a byte over it. */
const PATIENCE = { connection: 3_000, silence: 10_000 };
const MOST_CONNECTIONS = 100;

export function createS3Client(connection: S3Connection, patience = PATIENCE): S3Client {
  const { endpoint, region, forcePathStyle, checksums, credentials } = connection;
  const when = checksums === 'when_supported' ? 'WHEN_SUPPORTED' : 'WHEN_REQUIRED';
  const client = new S3Client({
    ...(endpoint !== undefined && { endpoint }),
    ...(credentials && { credentials }),
    ...{ region, forcePathStyle, maxAttempts: 3 },
    ...{ requestChecksumCalculation: when, responseChecksumValidation: when },
    requestHandler: new NodeHttpHandler({
      ...{ connectionTimeout: patience.connection, socketTimeout: patience.silence },
      httpAgent: { keepAlive: true, maxSockets: MOST_CONNECTIONS },
      httpsAgent: { keepAlive: true, maxSockets: MOST_CONNECTIONS },
    }),
  });
  client.middlewareStack.add(
    (next) => (args) => {
      if (carriesMd5(args.request)) args.request.headers['x-amz-content-sha256'] = 'UNSIGNED-PAYLOAD';
      return next(args);
    },
    { step: 'build', name: 'judgedByMd5' },
  );
  client.middlewareStack.add(
    (next) => async (args) => {
      const answer = await next(args);
      bearWithReader(answer.response);
      return answer;
    },
    // Next to the connection, before anything is put around the body.
    { step: 'deserialize', priority: 'low', name: 'bearWithReader' },
  );
  return client;
}

/** Then the server judges the bytes by it, which is signed: a SHA-256 would only take time, there and here. */
function carriesMd5(request: unknown): request is { headers: Record<string, string> } {
  return (
    typeof request === 'object' &&
    request !== null &&
    'headers' in request &&
    typeof request.headers === 'object' &&
    request.headers !== null &&
    'content-md5' in request.headers
  );
}
