import { type FileHandle, open } from 'node:fs/promises';
import { HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import type { GrowingPut } from '../store.ts';
import { unavailable } from './faults.ts';
import { beginParts, fill, type Line, md5, PART, type Parts, type Place } from './parts.ts';

/** Bytes of all files that are in memory on their way, however many come at once. */
export const IN_MEMORY = 9 * PART;

/**
 * Puts a local file there, whole or not at all, the better part of it while it is still being written. Each request
 * carries the MD5 of its bytes, so that the server judges them.
 */
export function putFile(line: Line, place: Place, path: string): GrowingPut {
  let parts: Parts | undefined;
  const inParts = () => {
    parts ??= beginParts(line, place, path);
    return parts;
  };

  async function finish(): Promise<void> {
    // What went wrong while the file was still coming may be over.
    if (parts?.broken) await abandon();
    try {
      const size = await putWhole();
      if ((await sizeThere(line, place)) !== size)
        throw unavailable(new Error('what is there has another size'));
    } catch (error) {
      await abandon();
      throw error;
    }
  }

  async function putWhole(): Promise<number> {
    const file = await open(path, 'r');
    try {
      const { size } = await file.stat();
      if (size > PART) await inParts().finish(size);
      else await putAtOnce(line, place, file, size);
      return size;
    } finally {
      await file.close();
    }
  }

  async function abandon(): Promise<void> {
    await parts?.abandon();
    parts = undefined;
  }

  return {
    advance(size) {
      if (size > PART) inParts().advance(size);
    },
    finish,
    abandon,
  };
}

async function putAtOnce(
  { client, memory }: Line,
  place: Place,
  file: FileHandle,
  size: number,
): Promise<void> {
  await memory.within(size, async (Body) => {
    await fill(Body, file, 0);
    await client.send(new PutObjectCommand({ ...place, Body, ContentMD5: md5(Body) }));
  });
}

async function sizeThere({ client }: Line, place: Place): Promise<number | undefined> {
  return (await client.send(new HeadObjectCommand(place))).ContentLength;
}
