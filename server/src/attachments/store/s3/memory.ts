/** Memory for bytes on their way, of one size for all who ask, in the order they ask. */
export interface Memory {
  /** Does `work` with a buffer of `length` bytes, which are anything; one beyond all there is counts as all. */
  within<Result>(length: number, work: (buffer: Buffer) => Promise<Result>): Promise<Result>;
}

/**
 * `all` bytes at most, lent in pieces of up to `piece`. Large pieces are used again: whoever asks the engine for new ones
 * all the time makes it clear its whole heap, which costs more than sending them.
 */
export function createMemory(all: number, piece: number): Memory {
  let free = all;
  const waiting: { length: number; go: () => void }[] = [];
  const used: Buffer[] = [];

  function take(length: number): Buffer {
    if (length <= piece / 2 || length > piece) return Buffer.allocUnsafeSlow(length);
    return (used.pop() ?? Buffer.allocUnsafeSlow(piece)).subarray(0, length);
  }

  function keep(buffer: Buffer): void {
    if (buffer.buffer.byteLength === piece) used.push(Buffer.from(buffer.buffer));
  }

  function give(length: number): void {
    free += length;
    for (let next = waiting[0]; next && next.length <= free; next = waiting[0]) {
      waiting.shift();
      free -= next.length;
      next.go();
    }
  }

  return {
    async within(length, work) {
      const taken = Math.min(length, all);
      // Nobody passes those who wait: a large one would never have its turn.
      if (waiting.length > 0 || taken > free) {
        await new Promise<void>((go) => waiting.push({ length: taken, go }));
      } else {
        free -= taken;
      }
      try {
        const buffer = take(length);
        const result = await work(buffer);
        // Not where it failed: a request that was given up may still read it.
        keep(buffer);
        return result;
      } finally {
        give(taken);
      }
    },
  };
}
