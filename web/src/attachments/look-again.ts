import { useEffect, useRef } from 'react';

const FIRST = 500; // ms
const LONGEST = 30_000;

/**
 * Looks again at what waits for a verdict: once, since its verdict may have come before anybody listened, and where the
 * tab hears of nothing (`live`) after pauses that double. `waiting` names it all, and nothing where nothing waits.
 */
export function useLookAgain(waiting: string, live: boolean, look: () => Promise<unknown>): void {
  const latest = useRef(look);
  latest.current = look;
  useEffect(() => {
    if (waiting === '') return;
    let timer: ReturnType<typeof setTimeout>;
    let over = false;
    const lookAfter = (pause: number) => {
      timer = setTimeout(async () => {
        // What cannot be asked now is asked the next time.
        await latest.current().catch(() => undefined);
        if (!over && !live) lookAfter(Math.min(2 * pause, LONGEST));
      }, pause);
    };
    lookAfter(FIRST);
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [waiting, live]);
}
