import { createHash } from 'node:crypto';
import { pipeline, type Readable, Transform } from 'node:stream';

/**
 * The same bytes, the last chunk only once the SHA-256 of all is `sha256`; otherwise the stream breaks with what
 * `alarm` makes, and whoever reads it never has the whole.
 */
export function verified(bytes: Readable, sha256: string, alarm: () => Error): Readable {
  const hash = createHash('sha256');
  let held: Buffer | undefined;
  const check = new Transform({
    readableHighWaterMark: bytes.readableHighWaterMark,
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      const ready = held;
      held = chunk;
      done(null, ready);
    },
    flush(done) {
      if (hash.digest('hex') === sha256) done(null, held);
      else done(alarm());
    },
  });
  // Errors reach the reader through `check`; the callback is there so that none is unhandled.
  pipeline(bytes, check, () => undefined);
  return check;
}
