import { createHash } from 'node:crypto';

/** The hashes that a piece may be sent with. */
export const CHECKSUM_ALGORITHMS = ['sha256', 'sha1'] as const;

export interface Checksum {
  algorithm: (typeof CHECKSUM_ALGORITHMS)[number];
  digest: Buffer;
}

/** The body of one request. */
export interface Piece {
  /** Where in the file it begins. */
  offset: number;
  /** Ends where the request does, or the line. */
  bytes: AsyncIterable<Uint8Array>;
  /** Whether it ended too early; to be asked when it has ended. */
  wasCut(): boolean;
  checksum?: Checksum | undefined;
}

/** What may be kept of a piece once its bytes are there. A cut one that came with a checksum cannot be checked. */
export type Judgement = 'keep' | 'mismatch' | 'unchecked';

/** The bytes of a piece as they come, and at their end what to do with them. */
export function judged({ bytes, wasCut, checksum }: Piece): {
  bytes: AsyncIterable<Uint8Array>;
  judge(): Judgement;
} {
  if (!checksum) return { bytes, judge: () => 'keep' };
  const hash = createHash(checksum.algorithm);
  async function* hashed() {
    for await (const chunk of bytes) {
      hash.update(chunk);
      yield chunk;
    }
  }
  const judge = () => {
    if (wasCut()) return 'unchecked';
    return hash.digest().equals(checksum.digest) ? 'keep' : 'mismatch';
  };
  return { bytes: hashed(), judge };
}
