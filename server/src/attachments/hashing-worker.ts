import { createHash, type Hash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import type { HashMessage, HashResponse } from './hashing-thread.ts';

interface Growing {
  descriptor: number;
  hash: Hash;
  done: number;
}

const growing = new Map<number, Growing>();
const buffer = Buffer.allocUnsafe(1024 * 1024);

parentPort?.on('message', (request: HashMessage) => {
  if ('abandon' in request) return forget(request.id);
  try {
    const file = growing.get(request.id) ?? begin(request.id, request.path);
    follow(file, request.upTo);
    if (!request.last) return;
    answer({ id: request.id, digest: file.hash.digest('hex') });
    forget(request.id);
  } catch (error) {
    forget(request.id);
    answer({ id: request.id, error: String(error) });
  }
});

function begin(id: number, path: string): Growing {
  const file = { descriptor: openSync(path, 'r'), hash: createHash('sha256'), done: 0 };
  growing.set(id, file);
  return file;
}

function follow(file: Growing, upTo: number): void {
  while (file.done < upTo) {
    const wanted = Math.min(buffer.length, upTo - file.done);
    const read = readSync(file.descriptor, buffer, 0, wanted, file.done);
    if (read === 0) throw new Error('the spooled file is shorter than what was written');
    file.hash.update(buffer.subarray(0, read));
    file.done += read;
  }
}

function forget(id: number): void {
  const file = growing.get(id);
  if (file) closeSync(file.descriptor);
  growing.delete(id);
}

function answer(response: HashResponse): void {
  parentPort?.postMessage(response);
}
