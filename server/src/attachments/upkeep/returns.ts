import { createHash, randomUUID } from 'node:crypto';
import { Refusal } from '../../refusals.ts';
import type { Parts } from '../parts.ts';
import { MissingObject } from '../store/store.ts';
import type { Copy } from './copies.ts';

/** Objects that come back from where they were kept, into the store of new files. */
export function createReturns({ stores, spool }: Pick<Parts, 'stores' | 'spool'>) {
  /** As they are: what is sealed stays so. */
  const store = stores.at({ ...stores.here, key_id: null });

  /**
   * Makes `key` these bytes, durable and read back; at once where it is so already. Resolves to false, with nothing
   * done, where `open` gives other bytes than `copy` says.
   */
  async function put(key: string, copy: Copy, open: () => AsyncIterable<Uint8Array>): Promise<boolean> {
    if (await holds(key, copy)) return true;
    const id = randomUUID();
    try {
      const spooled = await spool.receive(id, open(), copy.size).catch(changed);
      if (spooled?.sha256 !== copy.sha256) return false;
      await store.put(key, spooled.path);
    } finally {
      await spool.remove(id);
    }
    if (await holds(key, copy)) return true;
    throw new Error(`the store does not give back what was put: ${key}`);
  }

  async function holds(key: string, copy: Copy): Promise<boolean> {
    if ((await store.stat(key))?.size !== copy.size) return false;
    const hash = createHash('sha256');
    try {
      for await (const chunk of await store.read(key)) hash.update(chunk);
    } catch (error) {
      if (error instanceof MissingObject) return false;
      throw error;
    }
    return hash.digest('hex') === copy.sha256;
  }

  return { put };
}

/** Longer or empty: other bytes than those that were kept. */
function changed(error: unknown): undefined {
  if (error instanceof Refusal && (error.code === 'file_too_large' || error.code === 'file_empty')) return;
  throw error;
}
