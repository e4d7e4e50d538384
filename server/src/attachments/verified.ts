import { pipeline, type Readable, Transform } from 'node:stream';
import type { FileHash } from './hashing.ts';

/** What is open until it is closed. */
interface Open {
  close(): Promise<void>;
}

/** What the bytes should be, and how to find out. */
interface Expected {
  sha256: string;
  hash: FileHash;
  /** What `hash` reads, closed when the stream is over. */
  file: Open | undefined;
  /** What the stream breaks with where they are others. */
  alarm(): Error;
}

/**
 * The same bytes, the last chunk only once the SHA-256 of all is as expected; otherwise the stream breaks, and whoever
 * reads it never has the whole.
 */
export function verified(bytes: Readable, { sha256, hash, file, alarm }: Expected): Readable {
  let held: Buffer | undefined;
  let size = 0;
  const check = new Transform({
    readableHighWaterMark: bytes.readableHighWaterMark,
    transform(chunk: Buffer, _encoding, done) {
      size += chunk.length;
      hash.add(chunk);
      hash.advance(size);
      const ready = held;
      held = chunk;
      done(null, ready);
    },
    flush(done) {
      hash.finish(size).then(
        (digest) => (digest === sha256 ? done(null, held) : done(alarm())),
        (error: Error) => done(error),
      );
    },
  });
  // Errors reach the reader through `check`.
  pipeline(bytes, check, (error) => {
    if (error) hash.abandon();
    void file?.close();
  });
  return check;
}
