import { type RefObject, useEffect, useRef } from 'react';
import { pastedFiles } from './paste.ts';
import { ZONE } from './use-drop.ts';

interface PasteTarget {
  zone: RefObject<HTMLElement | null>;
  /** Whether it takes what is pasted outside any zone, too. */
  wholePage: boolean;
  onPaste(files: File[]): void;
}

/** Takes files that are pasted into `zone`, or anywhere on the page but another zone. */
export function usePaste(target: PasteTarget): void {
  const latest = useRef(target);
  latest.current = target;
  useEffect(() => {
    const take = (event: ClipboardEvent) => {
      const { zone, wholePage, onPaste } = latest.current;
      const over = event.target instanceof Element ? event.target.closest(`[${ZONE}]`) : null;
      if (over ? over !== zone.current : !wholePage) return;
      const files = pastedFiles(event);
      if (files.length === 0) return;
      event.preventDefault();
      onPaste(files);
    };
    document.addEventListener('paste', take);
    return () => document.removeEventListener('paste', take);
  }, []);
}
