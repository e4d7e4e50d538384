import type { Worker } from 'node:worker_threads';

const LOOK_EVERY = 500;

export interface WorkingTime {
  /** Longest that the worker may work, in milliseconds of processor time. */
  working: number;
  /** Longest that it may take by the clock, whether it works or not, in milliseconds. */
  elapsed: number;
}

/**
 * Calls `exceeded`, once, when a worker has gone beyond its time with what it does now. Processor time is what counts:
 * on a busy machine the clock runs on while the worker waits for its turn, and that is not the file's fault. Returns
 * what ends the watch.
 */
export function watchWork(
  worker: Worker,
  { working, elapsed }: WorkingTime,
  exceeded: (rule: string) => void,
): () => void {
  // Nobody asked at the start, which most checks outlive by a moment only: until the first look it worked all the time.
  let worked = LOOK_EVERY;
  let before: number | undefined;
  let ended = false;

  function look({ user, system }: NodeJS.CpuUsage): void {
    const used = (user + system) / 1000;
    worked += used - (before ?? used);
    before = used;
    if (worked >= working) exceed(`no verdict within ${working} ms of work`);
  }

  function exceed(rule: string): void {
    if (ended) return;
    end();
    exceeded(rule);
  }

  function end(): void {
    ended = true;
    clearInterval(looks);
    clearTimeout(deadline);
  }

  const looks = setInterval(() => {
    // One that has ended meanwhile cannot say; whoever started it hears of that end.
    worker.cpuUsage().then(look, () => undefined);
  }, LOOK_EVERY);
  const deadline = setTimeout(() => exceed(`no verdict within ${elapsed} ms`), elapsed);
  return end;
}
