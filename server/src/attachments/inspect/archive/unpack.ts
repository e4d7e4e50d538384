import { pipeline, Readable } from 'node:stream';
import { crc32, createInflateRaw, inflateRawSync } from 'node:zlib';
import { buffer } from '../bytes.ts';
import type { RandomAccess } from '../inspection.ts';
import { Unfit } from '../unfit.ts';
import type { PlacedEntry } from './zip-layout.ts';

const STORED = 0;
const DEFLATED = 8;
/** Up to this size an entry is unpacked in one call, above it in pieces. */
const AT_ONCE = 1024 * 1024;
const PIECE = 256 * 1024;

export function isEncrypted(entry: PlacedEntry): boolean {
  return (entry.flags & 1) !== 0;
}

/** Whether the bytes of an entry can be seen here: neither encrypted nor packed by a rare method. */
export function canUnpack(entry: PlacedEntry): boolean {
  return !isEncrypted(entry) && (entry.method === STORED || entry.method === DEFLATED);
}

/** Some writers state a size for folders, and the method of packing for files, that have no bytes at all. */
function isEmpty(entry: PlacedEntry): boolean {
  return entry.compressedSize === 0 && (entry.size === 0 || entry.name.endsWith('/'));
}

/**
 * Unpacks an entry in pieces, never more than its stated size, and holds it to its stated size and CRC.
 * A data descriptor may correct the size in the directory.
 */
export async function* unpack(file: RandomAccess, entry: PlacedEntry): AsyncGenerator<Buffer> {
  if (isEmpty(entry)) return;
  const limit = Math.max(entry.size, entry.describedSize ?? 0);
  let size = 0;
  let crc = 0;
  for await (const piece of pieces(file, entry, limit)) {
    size += piece.length;
    crc = crc32(piece, crc);
    if (size > limit) throw unfit('unpacks to more than it states');
    yield piece;
  }
  if (size !== entry.size && size !== entry.describedSize) throw unfit('unpacks to less than it states');
  if (crc !== entry.crc) throw new Unfit('content_damaged', 'zip: the checksum of an entry is wrong');
}

async function* pieces(file: RandomAccess, entry: PlacedEntry, limit: number): AsyncGenerator<Buffer> {
  if (entry.method === STORED) {
    yield* raw(file, entry);
  } else if (limit <= AT_ONCE && entry.compressedSize <= AT_ONCE) {
    yield inflateAtOnce(buffer(await file.read(entry.dataStart, entry.compressedSize)), limit);
  } else {
    yield* inflateInPieces(file, entry);
  }
}

async function* raw(file: RandomAccess, entry: PlacedEntry): AsyncGenerator<Buffer> {
  for (let at = entry.dataStart; at < entry.dataEnd; at += PIECE) {
    yield buffer(await file.read(at, Math.min(PIECE, entry.dataEnd - at)));
  }
}

function inflateAtOnce(bytes: Buffer, limit: number): Buffer {
  const { buffer, engine } = inflateWithInfo(bytes, limit);
  if (engine.bytesWritten !== bytes.length) throw unfit('holds bytes behind its packed data');
  return buffer;
}

function inflateWithInfo(bytes: Buffer, limit: number): Inflated {
  let result: unknown;
  try {
    // zlib takes no limit of 0 and no chunk below 64; one chunk for all of the output is fastest.
    const options = { maxOutputLength: Math.max(1, limit), chunkSize: Math.max(64, limit) };
    result = inflateRawSync(bytes, { ...options, info: true });
  } catch (error) {
    throw unfitFor(error);
  }
  if (!isInflated(result)) throw new TypeError('zlib gave no information about what it consumed.');
  return result;
}

/** What `info: true` makes of zlib's answer; Node's types do not know it. */
interface Inflated {
  buffer: Buffer;
  engine: { bytesWritten: number };
}

function isInflated(result: unknown): result is Inflated {
  return typeof result === 'object' && result !== null && 'engine' in result && 'buffer' in result;
}

async function* inflateInPieces(file: RandomAccess, entry: PlacedEntry): AsyncGenerator<Buffer> {
  const inflate = createInflateRaw({ chunkSize: PIECE });
  // A fault at either end ends the iteration below with it, so the callback has nothing to add.
  pipeline(Readable.from(raw(file, entry)), inflate, () => {});
  try {
    for await (const piece of inflate) yield piece;
  } catch (error) {
    throw unfitFor(error);
  } finally {
    inflate.destroy();
  }
  if (inflate.bytesWritten !== entry.compressedSize) throw unfit('holds bytes behind its packed data');
}

function unfitFor(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ERR_BUFFER_TOO_LARGE') return unfit('unpacks to more than it states');
  if (typeof code === 'string' && code.startsWith('Z_'))
    return new Unfit('content_damaged', 'zip: an entry does not unpack');
  return error;
}

function unfit(what: string): Unfit {
  return new Unfit('archive_unsafe', `zip: an entry ${what}`);
}
