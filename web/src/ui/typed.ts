import { useEffect, useState } from 'react';

const TYPING = 250; // ms without a letter before the address follows

/** Text of a search box that the address follows, and that follows the address when that changes otherwise. */
export function useTyped(
  value: string | undefined,
  onChange: (text: string | undefined) => void,
): [string, (text: string) => void] {
  const there = value ?? '';
  const [typed, setTyped] = useState(there);
  useEffect(() => setTyped(there), [there]);
  useEffect(() => {
    if (typed === there) return undefined;
    const timer = setTimeout(() => onChange(typed || undefined), TYPING);
    return () => clearTimeout(timer);
  });
  return [typed, setTyped];
}
