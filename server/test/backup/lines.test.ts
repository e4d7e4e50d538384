import { expect, test } from 'vitest';
import { ahead } from '../../src/backup/ahead.ts';
import { linesOf } from '../../src/backup/reading.ts';

async function* each<Item>(...items: Item[]): AsyncGenerator<Item> {
  yield* items;
}
async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  return Array.fromAsync(items);
}

test('lines are the same wherever the bytes are cut, in the middle of a character too', async () => {
  const bytes = Buffer.from('one\n\n🔥 zwei\r\nthree');
  for (let at = 0; at <= bytes.length; at += 1) {
    const cut = each(bytes.subarray(0, at), bytes.subarray(at));
    expect(await all(linesOf(cut))).toEqual(['one', '', '🔥 zwei\r', 'three']);
  }
  expect(await all(linesOf(each(Buffer.from('a\nb\n'))))).toEqual(['a', 'b']);
});

test('work is done ahead, so much and no more, and comes out in its order', async () => {
  let [running, most] = [0, 0];
  const results = await all(
    ahead(each(3, 1, 2, 5, 4, 0), 2, async (item) => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, item * 3));
      running -= 1;
      return item;
    }),
  );
  expect([results, most]).toEqual([[3, 1, 2, 5, 4, 0], 2]);
});

test('what fails ends it, when what was begun has come to its end', async () => {
  let ended = 0;
  const work = async (item: number) => {
    await new Promise((resolve) => setTimeout(resolve, item * 3));
    ended += 1;
    if (item === 1) throw new Error('one');
  };
  await expect(all(ahead(each(1, 2, 3, 4), 3, work))).rejects.toThrow('one');
  expect(ended).toBe(3);
});
