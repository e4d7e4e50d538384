import { createHash, type Hash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { createHashingThread, type HashRequest } from './hashing-thread.ts';

/** The SHA-256 of one file that is on its way, in or out. */
export interface FileHash {
  /** The next bytes of the file. */
  add(chunk: Uint8Array): void;
  /** The file's first `size` bytes are on the disk and may be read. */
  advance(size: number): void;
  /** Resolves to the digest, in hex, of the first `size` bytes. */
  finish(size: number): Promise<string>;
  /** Lets go of the file; a digest that is awaited rejects. */
  abandon(): void;
}

export interface Hashing {
  /**
   * Of the file that is open as `descriptor`, until the digest is there or the file abandoned; of what is added where
   * there is no such file. By its descriptor, since a file may lose its name while it is read.
   */
  of(descriptor: number | undefined): FileHash;
  close(): Promise<void>;
}

/** Up to this size a thread's round trip costs more than hashing the chunks as they come. */
export const INLINE = 512 * 1024;

/** One core is left for everything else. */
const THREADS = Math.min(4, Math.max(1, availableParallelism() - 1));

/**
 * Hashes large files behind whoever writes or reads them, from the page cache, in threads of their own, so that the
 * event loop stays free and a file has its digest when its last byte is there; small ones as they come.
 */
export function createHashing(): Hashing {
  const threads = Array.from({ length: THREADS }, createHashingThread);
  let nextId = 0;

  function of(descriptor: number | undefined): FileHash {
    const id = nextId++;
    const thread = threads[id % THREADS];
    let inline: Hash | undefined = createHash('sha256');
    let added = 0;
    let sent = false;

    function send(request: HashRequest): void {
      sent = true;
      thread?.send(request);
    }

    return {
      add(chunk) {
        added += chunk.length;
        if (descriptor !== undefined && added > INLINE) inline = undefined;
        inline?.update(chunk);
      },
      advance(size) {
        if (descriptor !== undefined && size > INLINE) send({ id, descriptor, upTo: size, last: false });
      },
      async finish(size) {
        if (inline || descriptor === undefined || !thread) return inline?.digest('hex') ?? '';
        const digest = thread.digestOf(id);
        send({ id, descriptor, upTo: size, last: true });
        return digest;
      },
      abandon() {
        if (sent) thread?.abandon(id);
      },
    };
  }

  return {
    of,
    async close() {
      await Promise.all(threads.map((thread) => thread.close()));
    },
  };
}
