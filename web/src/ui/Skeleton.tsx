import { classes } from './classes.ts';

/** Where something will be, of its size. */
export function Skeleton({ className }: { className?: string }) {
  return <span aria-hidden className={classes('block animate-pulse rounded-sm bg-hover', className)} />;
}
