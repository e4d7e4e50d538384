import { createHash, type Hash } from 'node:crypto';
import { readSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import type { HashMessage, HashRequest, HashResponse } from './hashing-thread.ts';

interface Growing {
  descriptor: number;
  hash: Hash;
  done: number;
}

const growing = new Map<number, Growing>();
const buffer = Buffer.allocUnsafe(1024 * 1024);

parentPort?.on('message', (request: HashMessage) => {
  if ('abandon' in request) return void growing.delete(request.id);
  try {
    const file = growing.get(request.id) ?? begin(request);
    follow(file, request.upTo);
    if (!request.last) return;
    growing.delete(request.id);
    answer({ id: request.id, digest: file.hash.digest('hex') });
  } catch (error) {
    growing.delete(request.id);
    answer({ id: request.id, error: String(error) });
  }
});

function begin({ id, descriptor }: HashRequest): Growing {
  const file = { descriptor, hash: createHash('sha256'), done: 0 };
  growing.set(id, file);
  return file;
}

function follow(file: Growing, upTo: number): void {
  while (file.done < upTo) {
    const wanted = Math.min(buffer.length, upTo - file.done);
    const read = readSync(file.descriptor, buffer, 0, wanted, file.done);
    if (read === 0) throw new Error('the file is shorter than what was said to be there');
    file.hash.update(buffer.subarray(0, read));
    file.done += read;
  }
}

function answer(response: HashResponse): void {
  parentPort?.postMessage(response);
}
