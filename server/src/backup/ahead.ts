/** Does `work` for up to `width` items beside each other, and yields what came of each, in their order. */
export async function* ahead<Item, Result>(
  items: AsyncIterable<Item>,
  width: number,
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  const begun: Promise<Result>[] = [];
  try {
    for await (const item of items) {
      const result = work(item);
      result.catch(() => {}); // whoever comes to it hears of it
      begun.push(result);
      if (begun.length < width) continue;
      yield await first(begun);
    }
    while (begun.length > 0) yield await first(begun);
  } finally {
    await Promise.allSettled(begun);
  }
}

function first<Result>(begun: Promise<Result>[]): Promise<Result> {
  const [result] = begun.splice(0, 1);
  if (!result) throw new Error('nothing was begun');
  return result;
}
