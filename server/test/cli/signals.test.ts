import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { listenForStop } from '../../src/cli/signals.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.removeAllListeners(signal);
  process.channel?.ref(); // by which the runner of these tests hears of them, and keeps this process
});

const isSettled = (promise: Promise<unknown>) =>
  Promise.race([promise.then(() => true), Promise.resolve().then(() => false)]);

it('a signal asks, those right behind it are the same, the next hurries and the third ends at once', async () => {
  const exit = vi.spyOn(process, 'exit').mockImplementation(() => undefined as never);
  const { asked, hurried } = listenForStop();
  vi.advanceTimersByTime(5_000);
  process.emit('SIGINT', 'SIGINT');
  process.emit('SIGTERM', 'SIGTERM');
  vi.advanceTimersByTime(900);
  process.emit('SIGINT', 'SIGINT');
  expect(await asked).toBe('SIGINT');
  expect(await isSettled(hurried)).toBe(false);
  vi.advanceTimersByTime(1_100);
  process.emit('SIGHUP', 'SIGHUP');
  await hurried;
  expect(exit).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1_100);
  process.emit('SIGTERM', 'SIGTERM');
  expect(exit).toHaveBeenCalledWith(1);
});
