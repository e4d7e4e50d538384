import type { ComponentProps } from 'react';
import { classes } from './classes.ts';
import { CONTROL } from './Input.tsx';

/** Grows with its text, from `rows` on. */
export function Textarea({ className, rows = 5, ...rest }: ComponentProps<'textarea'>) {
  return (
    <textarea
      rows={rows}
      style={{ minHeight: `${rows * 1.5 + 1.125}rem` }}
      className={classes(CONTROL, 'field-sizing-content max-h-[60vh] py-2 text-prose', className)}
      {...rest}
    />
  );
}
