import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { DamagedObject } from '../store.ts';
import { KEY_ID_SIZE, type SealingKey } from './keys.ts';
import { HEADER, NONCE, TAG } from './layout.ts';

const CIPHER = 'aes-256-gcm';
const MAGIC = Buffer.from('DOCKET\0\x01', 'latin1');
const KEY_AT = MAGIC.length + KEY_ID_SIZE;

/**
 * A new key for one object, and the header that holds it: magic, the id of the key that seals it, nonce, the sealed
 * key, tag. It opens for the object of this name alone, so that no object can be put in place of another.
 */
export function newHeader(key: SealingKey, name: string): { header: Buffer; objectKey: Buffer } {
  const objectKey = randomBytes(32);
  const begin = Buffer.concat([MAGIC, Buffer.from(key.id, 'hex')]);
  const nonce = randomBytes(NONCE);
  const cipher = createCipheriv(CIPHER, key.secret, nonce, { authTagLength: TAG });
  cipher.setAAD(Buffer.concat([begin, Buffer.from(name)]));
  const sealed = Buffer.concat([cipher.update(objectKey), cipher.final()]);
  return { header: Buffer.concat([begin, nonce, sealed, cipher.getAuthTag()]), objectKey };
}

/** The key of the object of this name. Throws `DamagedObject`, and for a key that is not set what to do. */
export function openHeader(keys: readonly SealingKey[], name: string, header: Buffer): Buffer {
  if (header.length !== HEADER || !header.subarray(0, MAGIC.length).equals(MAGIC)) {
    throw new DamagedObject(name, 'it does not begin as a sealed object');
  }
  const id = header.subarray(MAGIC.length, KEY_AT).toString('hex');
  const key = keys.find((one) => one.id === id);
  if (!key) throw new Error(`an object is sealed with the key ${id}, which is not set`);
  const nonce = header.subarray(KEY_AT, KEY_AT + NONCE);
  const decipher = createDecipheriv(CIPHER, key.secret, nonce, { authTagLength: TAG });
  decipher.setAAD(Buffer.concat([header.subarray(0, KEY_AT), Buffer.from(name)]));
  decipher.setAuthTag(header.subarray(HEADER - TAG));
  try {
    return Buffer.concat([decipher.update(header.subarray(KEY_AT + NONCE, HEADER - TAG)), decipher.final()]);
  } catch (cause) {
    throw new DamagedObject(name, 'its header is not as it was sealed', { cause });
  }
}
