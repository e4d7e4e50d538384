import { type RefObject, useEffect, useLayoutEffect, useRef } from 'react';

/**
 * When the row that has focus goes, focus goes to the next one, else to the previous, else to `fallback`, and never to
 * nowhere. A row names itself in `data-file`, and what takes focus in it has `data-row-focus`.
 */
export function useRowFocus(
  rows: RefObject<HTMLElement | null>,
  ids: readonly string[],
  fallback: RefObject<HTMLElement | null> | undefined,
): void {
  const focused = useRef<string | null>(null);
  const before = useRef(ids);

  useEffect(() => {
    const follow = ({ target }: FocusEvent) => {
      const row =
        target instanceof HTMLElement && rows.current?.contains(target) && target.closest('[data-file]');
      focused.current = row instanceof HTMLElement ? (row.dataset.file ?? null) : null;
    };
    document.addEventListener('focusin', follow);
    return () => document.removeEventListener('focusin', follow);
  }, [rows]);

  useLayoutEffect(() => {
    const index = focused.current === null ? -1 : before.current.indexOf(focused.current);
    before.current = ids;
    if (index === -1 || focused.current === null || ids.includes(focused.current)) return;
    const id = ids[index] ?? ids[index - 1];
    const row = id === undefined ? null : rows.current?.querySelector(`[data-file="${id}"] [data-row-focus]`);
    focused.current = null;
    if (row instanceof HTMLElement) row.focus();
    else fallback?.current?.focus();
  });
}
