import { useEffect, useRef } from 'react';

/** What single keys do while the component is there, wherever focus is but in what has keys of its own (`data-own-arrows`). */
export function useKeys(keys: Record<string, () => void>): void {
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    const press = ({ key, altKey, ctrlKey, metaKey, target }: KeyboardEvent) => {
      if (altKey || ctrlKey || metaKey) return;
      const scrolls = target instanceof Element && target.closest('[data-own-arrows]') !== null;
      if (!(scrolls && key.startsWith('Arrow'))) latest.current[key]?.();
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, []);
}
