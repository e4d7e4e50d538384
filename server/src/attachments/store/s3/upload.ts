import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { unavailable } from './faults.ts';

interface Place {
  Bucket: string;
  Key: string;
}

/** The least that S3 takes for a part is 5 MiB. */
const PART = 8 * 1024 * 1024;
/** What is in memory of one file at a time. */
const AT_ONCE = 2;

/** Puts a local file there, whole or not at all. Each request carries the MD5 of its bytes, so that the server judges them. */
export async function putFile(client: S3Client, place: Place, path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const isSmall = size <= PART;
    const tag = isSmall
      ? await putAtOnce(client, place, file, size)
      : await putInParts(client, place, file, size);
    const { ContentLength, ETag } = await client.send(new HeadObjectCommand(place));
    // Another tag: somebody else has put an object there since.
    if (ContentLength === size || ETag !== tag) return;
    throw unavailable(new Error(`of ${size} bytes ${ContentLength} are there`));
  } finally {
    await file.close();
  }
}

type Tag = string | undefined;

async function putAtOnce(client: S3Client, place: Place, file: FileHandle, size: number): Promise<Tag> {
  const bytes = await piece(file, 0, size);
  const { ETag } = await client.send(new PutObjectCommand({ ...place, Body: bytes, ContentMD5: md5(bytes) }));
  return ETag;
}

async function putInParts(client: S3Client, place: Place, file: FileHandle, size: number): Promise<Tag> {
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(place));
  if (!UploadId) throw new Error('an upload without an id');
  const upload = { ...place, UploadId };
  try {
    const Parts = await sendParts(client, upload, file, size);
    const whole = new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } });
    return (await client.send(whole)).ETag;
  } catch (error) {
    // What cannot be told now is found by the sweep.
    await client.send(new AbortMultipartUploadCommand(upload)).catch(() => undefined);
    throw error;
  }
}

async function sendParts(
  client: S3Client,
  upload: Place & { UploadId: string },
  file: FileHandle,
  size: number,
): Promise<{ PartNumber: number; ETag: Tag }[]> {
  const count = Math.ceil(size / PART);
  const parts: { PartNumber: number; ETag: Tag }[] = [];
  let next = 0;
  const lane = async () => {
    while (next < count) {
      const index = next++;
      const bytes = await piece(file, index * PART, Math.min(PART, size - index * PART));
      const PartNumber = index + 1;
      const { ETag } = await client.send(
        new UploadPartCommand({ ...upload, PartNumber, Body: bytes, ContentMD5: md5(bytes) }),
      );
      parts[index] = { PartNumber, ETag };
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, count) }, lane));
  return parts;
}

async function piece(file: FileHandle, start: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  let read = 0;
  while (read < length) {
    const { bytesRead } = await file.read(bytes, read, length - read, start + read);
    if (bytesRead === 0) throw new Error('the spooled file is shorter than it was');
    read += bytesRead;
  }
  return bytes;
}

function md5(bytes: Buffer): string {
  return createHash('md5').update(bytes).digest('base64');
}
