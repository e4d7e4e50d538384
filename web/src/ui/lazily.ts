import { type ComponentType, type LazyExoticComponent, lazy } from 'react';

/** A component whose code is no part of the first load: it comes when the browser is idle, or else when it is shown. */
export function lazily<Props>(
  load: () => Promise<{ default: ComponentType<Props> }>,
): LazyExoticComponent<ComponentType<Props>> {
  whenIdle(() => load().catch(() => {})); // whoever shows it asks again, and tells
  return lazy(load);
}

/** ms; Safari does not say when it is idle. */
const A_WHILE = 1000;

/** Answers with what calls it off. */
export function whenIdle(work: () => void): () => void {
  if ('requestIdleCallback' in window) {
    const id = window.requestIdleCallback(work);
    return () => window.cancelIdleCallback(id);
  }
  const id = setTimeout(work, A_WHILE);
  return () => clearTimeout(id);
}
