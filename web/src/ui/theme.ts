import { useSyncExternalStore } from 'react';

/** public/theme.js applies it before the first paint; this does from then on. */
export type Theme = 'light' | 'dark' | 'system';

const KEPT = 'docket.theme';
const dark = matchMedia('(prefers-color-scheme: dark)');
const listeners = new Set<() => void>();

function chosen(): Theme {
  const kept = localStorage.getItem(KEPT);
  return kept === 'light' || kept === 'dark' ? kept : 'system';
}

function apply(): void {
  const theme = chosen();
  document.documentElement.dataset.theme = theme === 'system' ? (dark.matches ? 'dark' : 'light') : theme;
  const ground = getComputedStyle(document.documentElement).getPropertyValue('--ground').trim();
  document.querySelector('meta[name="theme-color"]')?.setAttribute('content', ground);
  for (const listener of listeners) listener();
}

/** From now on, the page follows the system, and what another tab chooses. */
export function followTheme(): void {
  dark.addEventListener('change', apply);
  window.addEventListener('storage', ({ key }) => key === KEPT && apply());
  apply();
}

export function useTheme(): [Theme, (theme: Theme) => void] {
  const theme = useSyncExternalStore(subscribe, chosen);
  return [theme, choose];
}

function choose(theme: Theme): void {
  localStorage.setItem(KEPT, theme);
  apply();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
