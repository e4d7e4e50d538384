import { useEffect, useRef, useSyncExternalStore } from 'react';

const KEPT = 'docket.keys';
const listeners = new Set<() => void>();

/** Keys of a single letter can be turned off, for those whose speech or hands would press them by chance (WCAG 2.1.4). */
export function useKeysOn(): [boolean, (on: boolean) => void] {
  return [useSyncExternalStore(subscribe, areOn), turn];
}

/** While the screen is there, these keys do this; not while somebody types, nor over a dialog. */
export function useKeys(keys: Record<string, () => void>): void {
  const latest = useRef(keys);
  useEffect(() => {
    latest.current = keys;
  });
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const act = latest.current[event.key];
      if (!act || !areOn() || event.ctrlKey || event.metaKey || event.altKey || isElsewhere(event.target))
        return;
      event.preventDefault();
      act();
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, []);
}

function isElsewhere(target: EventTarget | null): boolean {
  return (
    target instanceof Element &&
    target.closest(
      'input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable], [role=dialog], [role=menu]',
    ) !== null
  );
}

function areOn(): boolean {
  return localStorage.getItem(KEPT) !== 'off';
}

function turn(on: boolean): void {
  if (on) localStorage.removeItem(KEPT);
  else localStorage.setItem(KEPT, 'off');
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
