import type { RandomAccess } from './inspection.ts';
import { Unfit } from './unfit.ts';

const BLOCK = 64 * 1024;
const KEPT_BLOCKS = 64;

/**
 * The file in blocks that make small reads cheap, with a bound on what all reads together may fetch:
 * twice the file and a little. A check that wants more is going in circles.
 */
export function bounded(file: RandomAccess): RandomAccess {
  let budget = 2 * file.size + KEPT_BLOCKS * BLOCK;
  const blocks = new Map<number, Uint8Array>();

  async function fetch(offset: number, length: number, memory?: Uint8Array): Promise<Uint8Array> {
    budget -= length;
    if (budget < 0) throw new Unfit('inspection_failed', 'bounds: the checks read too much');
    return file.read(offset, length, memory);
  }

  async function block(index: number): Promise<Uint8Array> {
    const known = blocks.get(index);
    if (known) return known;
    const [oldest] = blocks.keys();
    if (oldest !== undefined && blocks.size >= KEPT_BLOCKS) blocks.delete(oldest);
    const bytes = await fetch(index * BLOCK, Math.min(BLOCK, file.size - index * BLOCK));
    blocks.set(index, bytes);
    return bytes;
  }

  return {
    size: file.size,
    async read(offset, length, memory) {
      const from = Math.min(Math.max(0, offset), file.size);
      const to = Math.min(from + Math.max(0, length), file.size);
      if (to === from) return new Uint8Array(0);
      const index = Math.floor(from / BLOCK);
      const last = Math.floor((to - 1) / BLOCK);
      if (last - index > 1) return fetch(from, to - from, memory);
      const head = (await block(index)).subarray(from - index * BLOCK, to - index * BLOCK);
      return last === index
        ? head
        : Buffer.concat([head, (await block(last)).subarray(0, to - last * BLOCK)]);
    },
  };
}

/** Bytes in memory as a file. */
export function inMemory(bytes: Uint8Array): RandomAccess {
  return {
    size: bytes.length,
    read: async (offset, length) =>
      bytes.subarray(Math.max(0, offset), Math.max(0, offset) + Math.max(0, length)),
  };
}
