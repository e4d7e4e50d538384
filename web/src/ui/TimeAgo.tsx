import { useFormatter, useNow } from 'use-intl';

/** How long ago, kept up to date; the exact time is in the tooltip and for machines. */
export function TimeAgo({ at, style = 'narrow' }: { at: string; style?: 'narrow' | 'long' }) {
  const format = useFormatter();
  const now = useNow({ updateInterval: 60_000 });
  const then = new Date(at);
  const until = new Date(Math.max(now.getTime(), then.getTime()));
  return (
    <time dateTime={at} title={format.dateTime(then, { dateStyle: 'full', timeStyle: 'short' })}>
      {format.relativeTime(then, { now: until, style })}
    </time>
  );
}
