import { useEffect, useId } from 'react';

/**
 * Why somebody is asked before they leave a screen: what they have sent still waits for files, files on their way would
 * stop, or files would be lost with the tab.
 */
export type ReasonToStay = 'unsent' | 'uploading' | 'unkept';

const GRAVEST: ReasonToStay[] = ['unkept', 'unsent', 'uploading'];
/** What a later visit cannot make good. */
const WITH_THE_TAB = new Set<ReasonToStay>(['unkept', 'unsent']);

const reasons = new Map<string, ReasonToStay>();
const onlookers = new Set<() => void>();

/** The gravest there is now. */
export function reasonToStay(): ReasonToStay | null {
  const all = new Set(reasons.values());
  return GRAVEST.find((reason) => all.has(reason)) ?? null;
}

export function onReasons(look: () => void): () => void {
  onlookers.add(look);
  return () => onlookers.delete(look);
}

/** Holds while the component is there; the browser, too, asks before it leaves with what would be lost. */
export function useReasonToStay(reason: ReasonToStay | null): void {
  const id = useId();
  useEffect(() => {
    if (!reason) return;
    set(id, reason);
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    if (WITH_THE_TAB.has(reason)) window.addEventListener('beforeunload', warn);
    return () => {
      set(id, null);
      window.removeEventListener('beforeunload', warn);
    };
  }, [id, reason]);
}

function set(id: string, reason: ReasonToStay | null): void {
  if (reason) reasons.set(id, reason);
  else reasons.delete(id);
  for (const look of onlookers) look();
}
