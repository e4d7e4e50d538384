import type { ReactNode } from 'react';
import { classes } from './classes.ts';

export type Tone = 'open' | 'pending' | 'solved' | 'closed' | 'urgent' | 'high';

const TONES: Record<Tone, string> = {
  open: 'bg-open-tint text-open',
  pending: 'bg-pending-tint text-pending',
  solved: 'bg-solved-tint text-solved',
  closed: 'bg-closed-tint text-closed',
  urgent: 'bg-urgent-tint text-urgent',
  high: 'bg-high-tint text-high',
};

/** A word with a colour; the word says it all. */
export function Badge({ tone, children }: { tone: Tone; children: ReactNode }) {
  return (
    <span
      className={classes(
        'inline-flex h-5.5 items-center gap-1 rounded-full px-2 text-xs font-medium whitespace-nowrap [&>svg]:size-3',
        TONES[tone],
      )}
    >
      {children}
    </span>
  );
}
