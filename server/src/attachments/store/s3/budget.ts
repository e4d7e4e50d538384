/** So many bytes, for all who ask, in the order they ask. */
export interface Budget {
  /** Does `work` while `bytes` of it are taken; more than all of them count as all. */
  within<Result>(bytes: number, work: () => Promise<Result>): Promise<Result>;
}

export function createBudget(all: number): Budget {
  let free = all;
  const waiting: { bytes: number; go: () => void }[] = [];

  function give(bytes: number): void {
    free += bytes;
    for (let next = waiting[0]; next && next.bytes <= free; next = waiting[0]) {
      waiting.shift();
      free -= next.bytes;
      next.go();
    }
  }

  return {
    async within(bytes, work) {
      const taken = Math.min(bytes, all);
      // Nobody passes those who wait: a large one would never have its turn.
      if (waiting.length > 0 || taken > free) {
        await new Promise<void>((go) => waiting.push({ bytes: taken, go }));
      } else {
        free -= taken;
      }
      try {
        return await work();
      } finally {
        give(taken);
      }
    },
  };
}
