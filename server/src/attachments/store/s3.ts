import { unlink } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { S3Client } from '@aws-sdk/client-s3';
import {
  AbortMultipartUploadCommand,
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  type ListMultipartUploadsCommandInput,
  type ListMultipartUploadsCommandOutput,
  ListObjectsV2Command,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { faultOf, isMissing } from './s3/faults.ts';
import { whole } from './s3/measured.ts';
import { createMemory } from './s3/memory.ts';
import { PART } from './s3/parts.ts';
import { IN_MEMORY, putFile } from './s3/upload.ts';
import {
  type ByteRange,
  checkedKey,
  type GrowingPut,
  MissingObject,
  type PresignedHeaders,
  type Store,
  type StoredObject,
} from './store.ts';

export interface S3StoreOptions {
  client: S3Client;
  bucket: string;
  /** In front of every key, with its slash; '' for none. */
  prefix: string;
}

/**
 * Objects in a bucket of any S3-compatible server. Leans on nothing that one of them lacks: no conditional writes, no
 * tags, no checksum trailers, no metadata. Throws `storage_unavailable` when the server does not answer, or not well.
 */
export function createS3Store({ client, bucket, prefix }: S3StoreOptions): Store {
  const line = { client, memory: createMemory(IN_MEMORY, PART) };
  const at = (key: string) => ({ Bucket: bucket, Key: prefix + checkedKey(key) });

  async function put(key: string, path: string): Promise<void> {
    await putGrowing(key, path).finish();
  }

  function putGrowing(key: string, path: string): GrowingPut {
    const growing = putFile(line, at(key), path);
    return {
      ...growing,
      async finish() {
        await faultless(growing.finish);
        await unlink(path);
      },
    };
  }

  async function read(key: string, range?: ByteRange): Promise<Readable> {
    const place = at(key);
    const { Body, ContentLength } = await faultless(
      () =>
        client.send(
          new GetObjectCommand({ ...place, ...(range && { Range: `bytes=${range.start}-${range.end}` }) }),
        ),
      key,
    );
    if (!(Body instanceof Readable) || ContentLength === undefined)
      throw new Error('an object without a body');
    return whole(Body, range ? range.end - range.start + 1 : ContentLength);
  }

  async function stat(key: string): Promise<StoredObject | undefined> {
    const place = at(key);
    try {
      const { ContentLength, LastModified } = await client.send(new HeadObjectCommand(place));
      return { key, size: ContentLength ?? 0, modifiedAt: LastModified ?? new Date(0) };
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw faultOf(error);
    }
  }

  async function remove(key: string): Promise<void> {
    const place = at(key);
    await faultless(() => client.send(new DeleteObjectCommand(place)));
  }

  async function copy(from: string, to: string): Promise<void> {
    const source = at(from);
    const asked = { ...at(to), CopySource: `${source.Bucket}/${source.Key}` };
    await faultless(() => client.send(new CopyObjectCommand(asked)), from);
  }

  async function* list(under: string, olderThan: Date): AsyncIterable<StoredObject> {
    const Prefix = `${at(under.replace(/\/$/, '')).Key}/`;
    let ContinuationToken: string | undefined;
    do {
      const asked = { Bucket: bucket, Prefix, ContinuationToken };
      const page = await faultless(() => client.send(new ListObjectsV2Command(asked)));
      for (const { Key, Size, LastModified } of page.Contents ?? []) {
        if (!Key || !LastModified || LastModified >= olderThan) continue;
        yield { key: Key.slice(prefix.length), size: Size ?? 0, modifiedAt: LastModified };
      }
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken);
  }

  async function presign(key: string, headers: PresignedHeaders, expiresIn: number): Promise<string> {
    const fixed = {
      ResponseContentType: headers.contentType,
      ResponseContentDisposition: headers.contentDisposition,
      ResponseCacheControl: 'private, no-store',
    };
    return getSignedUrl(client, new GetObjectCommand({ ...at(key), ...fixed }), { expiresIn });
  }

  /** Some servers tell nothing here, and clear by themselves. */
  async function clear(olderThan: Date): Promise<number> {
    const asked = { Bucket: bucket, Prefix: prefix };
    let marker: Pick<ListMultipartUploadsCommandInput, 'KeyMarker' | 'UploadIdMarker'> | undefined = {};
    let cleared = 0;
    while (marker) {
      const command = new ListMultipartUploadsCommand({ ...asked, ...marker });
      const page: ListMultipartUploadsCommandOutput = await faultless(() => client.send(command));
      for (const { Key, UploadId, Initiated } of page.Uploads ?? []) {
        if (!Key || !UploadId || !Initiated || Initiated >= olderThan) continue;
        const abort = new AbortMultipartUploadCommand({ Bucket: bucket, Key, UploadId });
        await faultless(() => client.send(abort));
        cleared += 1;
      }
      marker = page.IsTruncated
        ? { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker }
        : undefined;
    }
    return cleared;
  }

  return { name: 's3', put, putGrowing, read, stat, remove, copy, list, presign, clear };
}

async function faultless<Result>(work: () => Promise<Result>, key?: string): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (key !== undefined && isMissing(error)) throw new MissingObject(key, { cause: error });
    throw faultOf(error);
  }
}
