import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { Scannable } from '../../src/attachments/scan/scanner.ts';

/** A file for a scanner, in pieces as the store reads them; `opened` are the streams it was read by. */
export function scannable(
  bytes: Uint8Array,
  more: Partial<Scannable> = {},
): Scannable & { opened: Readable[] } {
  const opened: Readable[] = [];
  return {
    size: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    async read() {
      const stream = Readable.from(pieces(bytes), { objectMode: false, highWaterMark: PIECE });
      opened.push(stream);
      return stream;
    },
    opened,
    ...more,
  };
}

const PIECE = 64 * 1024;

function* pieces(bytes: Uint8Array): Iterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += PIECE) yield bytes.subarray(at, at + PIECE);
}

export const unaborted = new AbortController().signal;
