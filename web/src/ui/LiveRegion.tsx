import { createContext, type ReactNode, useCallback, useContext, useEffect, useRef, useState } from 'react';

/** Says a sentence to whoever listens, without moving anything. */
export type Announce = (sentence: string) => void;

const Announcing = createContext<Announce>(() => {});

export const useAnnounce = (): Announce => useContext(Announcing);

/** The app's one polite live region. Sentences that come together are read together; the same twice is read twice. */
export function LiveRegion({ children }: { children: ReactNode }) {
  const [said, setSaid] = useState('');
  const waiting = useRef<string[]>([]);
  const timer = useRef<number | undefined>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);

  const announce = useCallback((sentence: string) => {
    waiting.current.push(sentence);
    setSaid('');
    clearTimeout(timer.current);
    timer.current = window.setTimeout(() => setSaid(waiting.current.splice(0).join(' ')), 100);
  }, []);

  return (
    <Announcing value={announce}>
      {children}
      <div role="status" aria-live="polite" className="sr-only">
        {said}
      </div>
    </Announcing>
  );
}
