import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { Worker } from 'node:worker_threads';

/** The SHA-256 of one file that still grows. */
export interface FileHash {
  /** The file's first `size` bytes are written and may be read. */
  advance(size: number): void;
  /** Resolves to the digest, in hex, of the first `size` bytes. */
  finish(size: number): Promise<string>;
  /** Lets go of the file; a digest that is awaited rejects. */
  abandon(): void;
}

export interface Hashing {
  of(path: string): FileHash;
  close(): Promise<void>;
}

/** What goes to the worker. */
export type HashRequest =
  | { id: number; path: string; upTo: number; last: boolean }
  | { id: number; abandon: true };
/** What comes back for a request that was the last of its file. */
export type HashResponse = { id: number; digest: string } | { id: number; error: string };

/** Below this a thread's round trip costs more than the hash itself. */
const INLINE = 512 * 1024;

/**
 * Hashes files behind their writer, from the page cache, in a thread of its own, so that the event loop stays free
 * and a large upload has its digest when its last byte has.
 */
export function createHashing(): Hashing {
  let worker: Worker | undefined;
  let nextId = 0;
  const waiting = new Map<number, PromiseWithResolvers<string>>();

  function start(): Worker {
    const started = new Worker(new URL('./hashing-worker.ts', import.meta.url));
    started.unref();
    started.on('message', (response: HashResponse) => {
      const one = waiting.get(response.id);
      waiting.delete(response.id);
      if ('digest' in response) one?.resolve(response.digest);
      else one?.reject(new Error(response.error));
    });
    started.on('error', (error) => lose(started, error));
    started.on('exit', () => lose(started, new Error('the hashing thread has ended')));
    return started;
  }

  /** Whoever waits for a thread that is gone would wait for ever. The next file gets a new one. */
  function lose(lost: Worker, reason: Error): void {
    if (lost !== worker) return;
    worker = undefined;
    for (const one of waiting.values()) one.reject(reason);
    waiting.clear();
  }

  function send(request: HashRequest): void {
    worker ??= start();
    worker.postMessage(request);
  }

  function of(path: string): FileHash {
    const id = nextId++;
    let sent = false;
    return {
      advance(size) {
        if (size < INLINE) return;
        sent = true;
        send({ id, path, upTo: size, last: false });
      },
      async finish(size) {
        if (!sent) return hashSmall(path, size);
        const done = Promise.withResolvers<string>();
        waiting.set(id, done);
        send({ id, path, upTo: size, last: true });
        return done.promise;
      },
      abandon() {
        waiting.get(id)?.reject(new Error('the file was given up'));
        waiting.delete(id);
        const request: HashRequest = { id, abandon: true };
        if (sent) worker?.postMessage(request);
      },
    };
  }

  return {
    of,
    async close() {
      const last = worker;
      if (last) lose(last, new Error('hashing is closed'));
      await last?.terminate();
    },
  };
}

function hashSmall(path: string, size: number): string {
  const bytes = Buffer.allocUnsafe(size);
  const descriptor = openSync(path, 'r');
  try {
    for (let done = 0; done < size; ) {
      const read = readSync(descriptor, bytes, done, size - done, done);
      if (read === 0) throw new Error('the spooled file is shorter than what was written');
      done += read;
    }
    return createHash('sha256').update(bytes).digest('hex');
  } finally {
    closeSync(descriptor);
  }
}
