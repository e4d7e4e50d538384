import type { RandomAccess } from './inspection.ts';
import { Unfit } from './unfit.ts';

const WINDOW = 64 * 1024;

/**
 * The file through a window that makes small reads cheap, and with a bound on what all reads together
 * may fetch: twice the file and a little. A check that wants more is going in circles.
 */
export function bounded(file: RandomAccess): RandomAccess {
  let budget = 2 * file.size + 64 * WINDOW;
  let start = 0;
  let window: Uint8Array = new Uint8Array(0);

  async function fetch(offset: number, length: number): Promise<Uint8Array> {
    budget -= length;
    if (budget < 0) throw new Unfit('inspection_failed', 'bounds: the checks read too much');
    return file.read(offset, length);
  }

  return {
    size: file.size,
    async read(offset, length) {
      const from = Math.min(Math.max(0, offset), file.size);
      const to = Math.min(from + Math.max(0, length), file.size);
      if (from < start || to > start + window.length) {
        if (to - from > WINDOW) return fetch(from, to - from);
        start = from;
        window = await fetch(from, Math.min(WINDOW, file.size - from));
      }
      return window.subarray(from - start, to - start);
    },
  };
}

/** Bytes in memory as a file. */
export function inMemory(bytes: Uint8Array): RandomAccess {
  return {
    size: bytes.length,
    read: async (offset, length) => bytes.subarray(Math.max(0, offset), Math.max(0, offset) + length),
  };
}
