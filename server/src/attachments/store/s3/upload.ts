import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  NoSuchUpload,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import type { Budget } from './budget.ts';
import { unavailable } from './faults.ts';

interface Place {
  Bucket: string;
  Key: string;
}

/** The least that S3 takes for a part is 5 MiB. */
const PART = 8 * 1024 * 1024;
/** Pieces of one file that are on their way at once. */
const AT_ONCE = 2;
/** Bytes of all files that are in memory on their way, however many come at once. */
export const IN_MEMORY = 6 * PART;

/** A bucket's client, and what all who put share of memory: a piece is sent again from there when its request fails. */
export interface Line {
  client: S3Client;
  memory: Budget;
}

/** Puts a local file there, whole or not at all. Each request carries the MD5 of its bytes, so that the server judges them. */
export async function putFile(line: Line, place: Place, path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    if (size <= PART) await putAtOnce(line, place, file, size);
    else await putInParts(line, place, file, size);
    const { client } = line;
    if (!(await isThere(client, place, size))) throw unavailable(new Error('what is there has another size'));
  } finally {
    await file.close();
  }
}

async function putAtOnce(
  { client, memory }: Line,
  place: Place,
  file: FileHandle,
  size: number,
): Promise<void> {
  await memory.within(size, async () => {
    const bytes = await piece(file, 0, size);
    await client.send(new PutObjectCommand({ ...place, Body: bytes, ContentMD5: md5(bytes) }));
  });
}

async function putInParts(line: Line, place: Place, file: FileHandle, size: number): Promise<void> {
  const { client } = line;
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(place));
  if (!UploadId) throw unavailable(new Error('an upload without an id'));
  const upload = { ...place, UploadId };
  try {
    const Parts = await sendParts(line, upload, file, size);
    await complete(client, new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }));
  } catch (error) {
    // What cannot be told now is found by the sweep.
    await client.send(new AbortMultipartUploadCommand(upload)).catch(() => undefined);
    throw error;
  }
}

/** Where the answer to the first try was lost, the second finds no such upload: then the object has to be there. */
async function complete(client: S3Client, command: CompleteMultipartUploadCommand): Promise<void> {
  try {
    await client.send(command);
  } catch (error) {
    if (!(error instanceof NoSuchUpload)) throw error;
  }
}

async function isThere(client: S3Client, place: Place, size: number): Promise<boolean> {
  const { ContentLength } = await client.send(new HeadObjectCommand(place));
  return ContentLength === size;
}

interface Part {
  PartNumber: number;
  ETag: string | undefined;
}

async function sendParts(
  line: Line,
  upload: Place & { UploadId: string },
  file: FileHandle,
  size: number,
): Promise<Part[]> {
  const count = Math.ceil(size / PART);
  const parts: Part[] = [];
  let next = 0;
  const lane = async () => {
    while (next < count) {
      const index = next++;
      parts[index] = await sendPart(line, upload, file, { index, size }).catch((error: unknown) => {
        next = count;
        throw error;
      });
    }
  };
  const lanes = await Promise.allSettled(Array.from({ length: Math.min(AT_ONCE, count) }, lane));
  // A part that is still on its way would outlive the upload that is given up.
  for (const one of lanes) if (one.status === 'rejected') throw one.reason;
  return parts;
}

async function sendPart(
  { client, memory }: Line,
  upload: Place & { UploadId: string },
  file: FileHandle,
  { index, size }: { index: number; size: number },
): Promise<Part> {
  const PartNumber = index + 1;
  const length = Math.min(PART, size - index * PART);
  return memory.within(length, async () => {
    const Body = await piece(file, index * PART, length);
    const part = new UploadPartCommand({ ...upload, PartNumber, Body, ContentMD5: md5(Body) });
    return { PartNumber, ETag: (await client.send(part)).ETag };
  });
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
