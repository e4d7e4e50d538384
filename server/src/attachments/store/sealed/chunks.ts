import { createCipheriv, createDecipheriv } from 'node:crypto';
import { DamagedObject } from '../store.ts';
import { CHUNK, nonceOf, TAG } from './layout.ts';

const CIPHER = 'aes-256-gcm';

/** The sealed chunks of these bytes. */
export async function* seal(bytes: AsyncIterable<Uint8Array>, objectKey: Buffer): AsyncGenerator<Uint8Array> {
  const sealOne = (chunk: Uint8Array, place: number, isLast: boolean) => {
    const cipher = createCipheriv(CIPHER, objectKey, nonceOf(place, isLast), { authTagLength: TAG });
    return Buffer.concat([cipher.update(chunk), cipher.final(), cipher.getAuthTag()]);
  };
  let place = 0;
  let held: Buffer | undefined;
  for await (const chunk of piecesOf(bytes, CHUNK)) {
    if (held) yield sealOne(held, place++, false);
    held = chunk;
  }
  yield sealOne(held ?? Buffer.of(), place, true);
}

interface Sealed {
  name: string;
  objectKey: Buffer;
  /** The place of the first of these chunks. */
  first: number;
  /** Whether the last of these chunks is the object's. */
  toEnd: boolean;
}

/** The bytes of some chunks in a row. Throws `DamagedObject` before the first byte of one that is not as it was sealed. */
export async function* unseal(
  sealed: AsyncIterable<Uint8Array>,
  { name, objectKey, first, toEnd }: Sealed,
): AsyncGenerator<Buffer> {
  const unsealOne = (chunk: Buffer, place: number, isLast: boolean) => {
    if (chunk.length < TAG) throw new DamagedObject(name, 'it was cut');
    const nonce = nonceOf(place, isLast);
    const decipher = createDecipheriv(CIPHER, objectKey, nonce, { authTagLength: TAG });
    decipher.setAuthTag(chunk.subarray(chunk.length - TAG));
    try {
      return Buffer.concat([decipher.update(chunk.subarray(0, chunk.length - TAG)), decipher.final()]);
    } catch (cause) {
      throw new DamagedObject(name, 'it is not as it was sealed', { cause });
    }
  };
  let place = first;
  let held: Buffer | undefined;
  for await (const chunk of piecesOf(sealed, CHUNK + TAG)) {
    if (held) yield unsealOne(held, place++, false);
    held = chunk;
  }
  if (!held) throw new DamagedObject(name, 'it was cut');
  yield unsealOne(held, place, toEnd);
}

/** The same bytes in pieces of this size, the last one shorter. */
async function* piecesOf(bytes: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Buffer> {
  let gathered: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of bytes) {
    let rest = chunk;
    while (length + rest.length >= size) {
      const missing = size - length;
      yield Buffer.concat([...gathered, rest.subarray(0, missing)]);
      gathered = [];
      length = 0;
      rest = rest.subarray(missing);
    }
    if (rest.length > 0) gathered.push(rest);
    length += rest.length;
  }
  if (length > 0) yield Buffer.concat(gathered);
}
