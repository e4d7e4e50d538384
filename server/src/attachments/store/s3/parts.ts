import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  NoSuchUpload,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { unavailable } from './faults.ts';
import type { Memory } from './memory.ts';

export interface Place {
  Bucket: string;
  Key: string;
}

/** A bucket's client, and the memory that all who put share: a piece is sent again from there when its request fails. */
export interface Line {
  client: S3Client;
  memory: Memory;
}

/** The least that S3 takes for a part: the last one is waited for. */
export const PART = 5 * 1024 * 1024;
/** Pieces of one file that are on their way at once. */
const AT_ONCE = 2;

interface Part {
  PartNumber: number;
  ETag: string | undefined;
}

export type Parts = ReturnType<typeof beginParts>;

/** A local file on its way there in parts, each sent as soon as its bytes are in the file. Whoever begins it finishes or abandons it. */
export function beginParts({ client, memory }: Line, place: Place, path: string) {
  const parts: Promise<Part>[] = [];
  const givenUp = new AbortController();
  const begun = begin();
  begun.catch(() => givenUp.abort());

  async function begin(): Promise<{ file: FileHandle; upload: Place & { UploadId: string } }> {
    const file = await open(path, 'r');
    try {
      // To its end, also when it is given up: one that was begun has to be known to be ended.
      const { UploadId } = await client.send(new CreateMultipartUploadCommand(place));
      if (!UploadId) throw unavailable(new Error('an upload without an id'));
      return { file, upload: { ...place, UploadId } };
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** The first `size` bytes are in the file: `whole` parts. */
  function advance(size: number, whole = Math.floor(size / PART)): void {
    for (let index = parts.length; index < whole; index++) {
      const turn: Promise<unknown> = parts[index - AT_ONCE] ?? begun;
      const part = turn.then(() => send(index, Math.min(PART, size - index * PART)));
      // Nobody waits for the others then.
      part.catch(() => givenUp.abort());
      parts.push(part);
    }
  }

  async function send(index: number, length: number): Promise<Part> {
    const { file, upload } = await begun;
    return memory.within(length, async (Body) => {
      const PartNumber = index + 1;
      await fill(Body, file, index * PART);
      const command = new UploadPartCommand({ ...upload, PartNumber, Body, ContentMD5: md5(Body) });
      return { PartNumber, ETag: (await client.send(command, { abortSignal: givenUp.signal })).ETag };
    });
  }

  /** The file is whole, `size` bytes: resolves when the object is. */
  async function finish(size: number): Promise<void> {
    advance(size, Math.ceil(size / PART));
    const { file, upload } = await begun;
    const MultipartUpload = { Parts: await Promise.all(parts) };
    await complete(client, new CompleteMultipartUploadCommand({ ...upload, MultipartUpload }));
    await file.close();
  }

  /** Leaves no part of it there; what cannot be told now is found by the sweep. */
  async function abandon(): Promise<void> {
    givenUp.abort();
    const { file, upload } = (await begun.catch(() => undefined)) ?? {};
    // A part that is still on its way would outlive the upload that is given up.
    await Promise.allSettled(parts);
    if (upload) await client.send(new AbortMultipartUploadCommand(upload)).catch(() => undefined);
    await file?.close();
  }

  return {
    /** Something went wrong: it cannot be finished. */
    get broken() {
      return givenUp.signal.aborted;
    },
    advance,
    finish,
    abandon,
  };
}

/** Where the answer to the first try was lost, the second finds no such upload: then the object has to be there. */
async function complete(client: S3Client, command: CompleteMultipartUploadCommand): Promise<void> {
  try {
    await client.send(command);
  } catch (error) {
    if (!(error instanceof NoSuchUpload)) throw error;
  }
}

/** Reads the file from `start` on, as much as goes into the buffer. */
export async function fill(bytes: Buffer, file: FileHandle, start: number): Promise<void> {
  let read = 0;
  while (read < bytes.length) {
    const { bytesRead } = await file.read(bytes, read, bytes.length - read, start + read);
    if (bytesRead === 0) throw new Error('the spooled file is shorter than it was');
    read += bytesRead;
  }
}

export function md5(bytes: Buffer): string {
  return createHash('md5').update(bytes).digest('base64');
}
