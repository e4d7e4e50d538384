import { type RefObject, useEffect } from 'react';
import { whenIdle } from '../ui/when-idle.ts';

const AT_A_TIME = 10;

/**
 * Rows come as empty boxes of their likely size (`content-visibility: auto`), so that a long list opens fast. Filling
 * and emptying them at the edge of the window is most of the work of scrolling: those that are there are therefore laid
 * out for good while nobody waits. They have `data-laid-out` then.
 */
export function useLaidOut(rows: RefObject<HTMLElement | null>, count: number): void {
  useEffect(() => {
    let callOff = () => {};
    const goOn = () => {
      callOff = whenIdle(() => {
        const waiting = rows.current?.querySelectorAll(':scope > :not([data-laid-out])') ?? [];
        for (const row of [...waiting].slice(0, AT_A_TIME)) row.setAttribute('data-laid-out', '');
        if (waiting.length > AT_A_TIME) goOn();
      });
    };
    if (count > 0) goOn();
    return () => callOff();
  }, [rows, count]);
}
