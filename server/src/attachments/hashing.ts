import { createHash, type Hash } from 'node:crypto';
import { Worker } from 'node:worker_threads';

/** The SHA-256 of one file that still grows. */
export interface FileHash {
  /** The next bytes of the file, on their way to be written. */
  add(chunk: Uint8Array): void;
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

/** Up to this size a thread's round trip costs more than hashing the chunks as they come. */
const INLINE = 512 * 1024;

/**
 * Hashes large files behind their writer, from the page cache, in a thread of its own, so that the event loop stays
 * free and an upload has its digest when its last byte has; small ones as they come.
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
    let inline: Hash | undefined = createHash('sha256');
    let added = 0;
    let sent = false;
    return {
      add(chunk) {
        added += chunk.length;
        if (added > INLINE) inline = undefined;
        inline?.update(chunk);
      },
      advance(size) {
        if (size <= INLINE) return;
        sent = true;
        send({ id, path, upTo: size, last: false });
      },
      async finish(size) {
        if (inline) return inline.digest('hex');
        const done = Promise.withResolvers<string>();
        waiting.set(id, done);
        sent = true;
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
