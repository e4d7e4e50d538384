import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createBudget } from '../../../src/attachments/store/s3/budget.ts';

test('never gives more than there is, and everybody comes to their turn', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 150 }), { maxLength: 40 }), async (wanted) => {
      const budget = createBudget(100);
      let [taken, most, done] = [0, 0, 0];
      await Promise.all(
        wanted.map((bytes) =>
          budget.within(bytes, async () => {
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
  const budget = createBudget(10);
  const order: string[] = [];
  const one = (name: string, bytes: number) =>
    budget.within(bytes, async () => {
      order.push(name);
      await sleep(1);
    });
  await Promise.all([one('first', 6), one('large', 10), one('small', 1)]);
  expect(order).toEqual(['first', 'large', 'small']);
});

test('what fails gives back what it had', async () => {
  const budget = createBudget(10);
  await expect(budget.within(10, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await budget.within(10, async () => 'yes')).toBe('yes');
});
