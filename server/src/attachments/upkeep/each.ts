import type { Log } from '../../log.ts';

/**
 * Does `work` for one item after the other, and resolves to how many came to their end. One that fails is told to the
 * log and left for the next sweep: it must not keep the others.
 */
export async function forEach<Item extends object>(
  items: Iterable<Item> | AsyncIterable<Item>,
  log: Log,
  work: (item: Item) => Promise<void>,
): Promise<number> {
  let done = 0;
  for await (const item of items) {
    try {
      await work(item);
      done += 1;
    } catch (error) {
      log.error({ err: error, ...item }, 'upkeep failed for one item; the next sweep tries again');
    }
  }
  return done;
}

/** Work that takes at most `size` things at a time, until there are fewer. Resolves to how many in all. */
export async function inBatches(size: number, work: () => Promise<number>): Promise<number> {
  let all = 0;
  for (;;) {
    const batch = await work();
    all += batch;
    if (batch < size) return all;
  }
}
