import { useEffect } from 'react';

const PREFIX = 'docket.draft.';

/** What was typed into a form and not sent, on this device; `key` names the person and the form. */
export function keptDraft<Values extends Record<string, string>>(key: string, empty: Values): Values {
  const kept: unknown = JSON.parse(localStorage.getItem(PREFIX + key) ?? 'null');
  if (typeof kept !== 'object' || kept === null) return empty;
  const values = { ...empty };
  for (const name of Object.keys(empty) as (keyof Values)[]) {
    const value: unknown = Reflect.get(kept, name);
    if (typeof value === 'string') values[name] = value as Values[keyof Values];
  }
  return values;
}

/** Keeps the values as they change; one that is as empty as at the beginning is forgotten. */
export function useKeptDraft<Values extends Record<string, string>>(
  key: string,
  values: Values,
  empty: Values,
): void {
  const [text, nothing] = [JSON.stringify(values), JSON.stringify(empty)];
  useEffect(() => {
    if (text === nothing) localStorage.removeItem(PREFIX + key);
    else localStorage.setItem(PREFIX + key, text);
  }, [key, text, nothing]);
}

/** At sign-out. */
export function forgetTextDrafts(): void {
  for (const key of Object.keys(localStorage)) if (key.startsWith(PREFIX)) localStorage.removeItem(key);
}
