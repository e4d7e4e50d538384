import { type ComponentType, type LazyExoticComponent, lazy } from 'react';
import { whenIdle } from './when-idle.ts';

/** A component whose code is no part of the first load: it comes when the browser is idle, or else when it is shown. */
export function lazily<Props>(
  load: () => Promise<{ default: ComponentType<Props> }>,
): LazyExoticComponent<ComponentType<Props>> {
  whenIdle(() => load().catch(() => {})); // whoever shows it asks again, and tells
  return lazy(load);
}
