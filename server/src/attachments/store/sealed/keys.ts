import { createHash } from 'node:crypto';

/** What seals the keys of objects: 32 bytes, and the name that rows and objects remember it by. */
export interface SealingKey {
  id: string;
  secret: Buffer;
}

/** Bytes of an id, in an object's header. */
export const KEY_ID_SIZE = 8;

export function sealingKey(secret: Buffer): SealingKey {
  // Tells nothing of the key, and is the same wherever the same key is set.
  const id = createHash('sha256').update('docket key id\0').update(secret).digest();
  return { id: id.subarray(0, KEY_ID_SIZE).toString('hex'), secret };
}
