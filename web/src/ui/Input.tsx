import type { ComponentProps } from 'react';
import { classes } from './classes.ts';

export const CONTROL =
  'w-full min-w-0 rounded-md border border-edge bg-surface px-3 text-ink transition-colors hover:border-soft aria-invalid:border-urgent disabled:bg-sunken disabled:text-faint';

export function Input({ className, ...rest }: ComponentProps<'input'>) {
  return <input className={classes(CONTROL, 'h-9 touch:h-11', className)} {...rest} />;
}
