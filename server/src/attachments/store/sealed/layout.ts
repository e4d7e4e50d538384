/**
 * A sealed object: a header of 76 bytes, then the bytes in chunks of 64 KiB, each with the 16 bytes of its tag (AES-256
 * in GCM, NIST SP 800-38D). The nonce of a chunk is its place and whether it is the last (the STREAM construction of
 * Hoang, Reyhanitabar, Rogaway and Vizár, 2015), so that no chunk can be changed, moved, left out or cut off unseen.
 */
export const CHUNK = 64 * 1024;
export const TAG = 16;
export const NONCE = 12;
const SEALED_CHUNK = CHUNK + TAG;

export const HEADER = 76;

export function sealedSize(size: number): number {
  return HEADER + size + chunksOf(size) * TAG;
}

/** Undefined for what cannot be a sealed object. */
export function plainSize(sealed: number): number | undefined {
  const body = sealed - HEADER;
  const size = body - Math.ceil(body / SEALED_CHUNK) * TAG;
  return size >= 0 && sealedSize(size) === sealed ? size : undefined;
}

/** An empty object has one chunk, of nothing. */
export function chunksOf(size: number): number {
  return Math.max(1, Math.ceil(size / CHUNK));
}

/** Where the chunks that hold these bytes lie in the sealed object. */
export function sealedRange({ start, end }: { start: number; end: number }, size: number) {
  const first = Math.floor(start / CHUNK);
  const last = Math.floor(end / CHUNK);
  const from = HEADER + first * SEALED_CHUNK;
  return { first, last, from, to: Math.min(HEADER + (last + 1) * SEALED_CHUNK, sealedSize(size)) - 1 };
}

export function nonceOf(chunk: number, isLast: boolean): Buffer {
  const nonce = Buffer.alloc(NONCE);
  nonce.writeUInt8(isLast ? 1 : 0, 0);
  nonce.writeUInt32BE(chunk, NONCE - 4);
  return nonce;
}
