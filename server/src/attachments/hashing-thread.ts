import { Worker } from 'node:worker_threads';

/** What goes to the worker. */
export type HashRequest = { id: number; descriptor: number; upTo: number; last: boolean };
export type HashMessage = HashRequest | { id: number; abandon: true };
/** What comes back for a request that was the last of its file. */
export type HashResponse = { id: number; digest: string } | { id: number; error: string };

/** A thread that hashes files, started when it is first needed and again when it died. */
export function createHashingThread() {
  let worker: Worker | undefined;
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

  return {
    send(request: HashRequest): void {
      worker ??= start();
      worker.postMessage(request);
    },
    /** Resolves when the last request of this file is answered. Rejects when the thread is lost before. */
    digestOf(id: number): Promise<string> {
      const done = Promise.withResolvers<string>();
      waiting.set(id, done);
      return done.promise;
    },
    abandon(id: number): void {
      waiting.get(id)?.reject(new Error('the file was given up'));
      waiting.delete(id);
      worker?.postMessage({ id, abandon: true } satisfies HashMessage);
    },
    async close(): Promise<void> {
      const last = worker;
      if (last) lose(last, new Error('hashing is closed'));
      await last?.terminate();
    },
  };
}
