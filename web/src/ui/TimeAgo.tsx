import { useSyncExternalStore } from 'react';
import { useFormatter } from 'use-intl';
import { minute } from './minute.ts';

/** How long ago, kept up to date; the exact time is in the tooltip and for machines. */
export function TimeAgo({ at, style = 'narrow' }: { at: string; style?: 'narrow' | 'long' }) {
  const format = useFormatter();
  const now = useSyncExternalStore(minute.subscribe, minute.get);
  const then = new Date(at);
  const until = Math.max(now, then.getTime());
  return (
    <time dateTime={at} title={format.dateTime(then, { dateStyle: 'full', timeStyle: 'short' })}>
      {format.relativeTime(then, { now: until, style })}
    </time>
  );
}
