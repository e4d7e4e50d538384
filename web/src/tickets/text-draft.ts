import { useEffect, useRef } from 'react';

/** What begins the names of all that this device keeps of forms. */
export const DRAFTS = 'docket.draft.';

/**
 * What was typed into a form and not sent, on this device; `key` names the person and the form. What this tab had on
 * its own screen comes before what another has written since.
 */
export function keptDraft<Values extends Record<string, string>>(key: string, empty: Values): Values {
  const place = DRAFTS + key;
  const text = sessionStorage.getItem(place) ?? localStorage.getItem(place);
  const kept: unknown = JSON.parse(text ?? 'null');
  if (typeof kept !== 'object' || kept === null) return empty;
  const values = { ...empty };
  for (const name of Object.keys(empty) as (keyof Values)[]) {
    const value: unknown = Reflect.get(kept, name);
    if (typeof value === 'string') values[name] = value as Values[keyof Values];
  }
  return values;
}

/**
 * Keeps the values as they change: for this tab, and for the next one that opens the form, where the last to write
 * wins. What is as empty as at the beginning is forgotten, but never what another tab has written.
 */
export function useKeptDraft<Values extends Record<string, string>>(
  key: string,
  values: Values,
  empty: Values,
): void {
  const [text, nothing] = [JSON.stringify(values), JSON.stringify(empty)];
  const written = useRef<string | null>(null);
  useEffect(() => {
    const place = DRAFTS + key;
    if (text !== nothing) {
      keepText(sessionStorage, place, text);
      keepText(localStorage, place, text);
      written.current = text;
      return;
    }
    sessionStorage.removeItem(place);
    if (localStorage.getItem(place) === written.current) localStorage.removeItem(place);
  }, [key, text, nothing]);
}

/** A device that is full keeps no more; what is on screen is there all the same. */
export function keepText(storage: Storage, place: string, text: string): void {
  try {
    storage.setItem(place, text);
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    storage.removeItem(place);
  }
}

/** What has been sent, also where its form is gone by then; what was typed since stays. */
export function forgetSent(key: string, sent: Record<string, string>): void {
  const place = DRAFTS + key;
  const text = JSON.stringify(sent);
  for (const storage of [sessionStorage, localStorage])
    if (storage.getItem(place) === text) storage.removeItem(place);
}

/** At sign-out: those of this tab, and those that the next would find. */
export function forgetTextDrafts(): void {
  for (const storage of [sessionStorage, localStorage]) {
    for (const key of Object.keys(storage)) if (key.startsWith(DRAFTS)) storage.removeItem(key);
  }
}
