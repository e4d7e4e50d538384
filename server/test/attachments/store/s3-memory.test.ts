import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createMemory } from '../../../src/attachments/store/s3/memory.ts';

test('never gives more than there is, and everybody comes to their turn', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 150 }), { maxLength: 40 }), async (wanted) => {
      const memory = createMemory(100, 20);
      let [taken, most, done] = [0, 0, 0];
      await Promise.all(
        wanted.map((bytes) =>
          memory.within(bytes, async () => {
            taken += Math.min(bytes, 100);
            most = Math.max(most, taken);
            await sleep(0);
            taken -= Math.min(bytes, 100);
            done += 1;
          }),
        ),
      );
      expect(most).toBeLessThanOrEqual(100);
      expect(done).toBe(wanted.length);
    }),
    { numRuns: 50 },
  );
});

test('nobody passes one who waits for much', async () => {
  const memory = createMemory(10, 4);
  const order: string[] = [];
  const one = (name: string, bytes: number) =>
    memory.within(bytes, async () => {
      order.push(name);
      await sleep(1);
    });
  await Promise.all([one('first', 6), one('large', 10), one('small', 1)]);
  expect(order).toEqual(['first', 'large', 'small']);
});

test('what fails gives back what it had', async () => {
  const memory = createMemory(10, 4);
  await expect(memory.within(10, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await memory.within(10, async () => 'yes')).toBe('yes');
});

test('lends what was asked for, and what is large again and again', async () => {
  const memory = createMemory(100, 20);
  const lend = (length: number) =>
    memory.within(length, async (buffer) => {
      expect(buffer.length).toBe(length);
      return buffer.buffer;
    });
  const first = await lend(20);
  expect(await lend(11)).toBe(first);
  expect(await lend(10)).not.toBe(first);
  const [one, other] = await Promise.all([lend(20), lend(20)]);
  expect(one).not.toBe(other);
});

test('what a failure had is not lent again, since a request may still read it', async () => {
  const memory = createMemory(100, 20);
  let lost: ArrayBufferLike | undefined;
  await memory
    .within(20, async ({ buffer }) => {
      lost = buffer;
      throw new Error('no');
    })
    .catch(() => undefined);
  expect(await memory.within(20, async ({ buffer }) => buffer)).not.toBe(lost);
});
