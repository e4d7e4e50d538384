import { useEffect, useRef } from 'react';

/** Hears single keys while the component is there, wherever focus is but in what has keys of its own (`data-own-arrows`). */
export function useLightboxKeys(onKey: (key: string) => void): void {
  const latest = useRef(onKey);
  latest.current = onKey;
  useEffect(() => {
    // Caught on the way down: a dialog keeps arrow keys to itself on the way up.
    const press = ({ key, altKey, ctrlKey, metaKey, target }: KeyboardEvent) => {
      if (altKey || ctrlKey || metaKey) return;
      const scrolls = target instanceof Element && target.closest('[data-own-arrows]') !== null;
      if (!(scrolls && key.startsWith('Arrow'))) latest.current(key);
    };
    document.addEventListener('keydown', press, true);
    return () => document.removeEventListener('keydown', press, true);
  }, []);
}
