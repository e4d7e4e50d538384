import { CHECKSUM_ALGORITHMS, type Checksum } from '../../attachments/index.ts';
import { Refusal } from '../../refusals.ts';

/** Parses `Upload-Checksum` (tus 1.0, checksum): an algorithm and the digest in Base64. Throws `checksum_unsupported`. */
export function checksumOf(header: string | string[] | undefined): Checksum | undefined {
  if (header === undefined) return undefined;
  const [name, encoded = '', ...more] = String(header).split(' ');
  const algorithm = CHECKSUM_ALGORITHMS.find((one) => one === name);
  const wellFormed = /^[A-Za-z0-9+/]+={0,2}$/.test(encoded) && more.length === 0;
  if (!algorithm || !wellFormed) {
    throw new Refusal('checksum_unsupported', { limit: CHECKSUM_ALGORITHMS.join(', ') });
  }
  return { algorithm, digest: Buffer.from(encoded, 'base64') };
}
