import type { ComponentProps } from 'react';
import { classes } from './classes.ts';

export type ButtonLook = 'primary' | 'secondary' | 'quiet' | 'danger';

const LOOKS: Record<ButtonLook, string> = {
  primary: 'bg-accent text-on-accent hover:bg-accent-strong font-medium',
  secondary: 'bg-surface text-ink border border-edge/60 hover:bg-hover font-medium',
  quiet: 'text-soft hover:bg-hover hover:text-ink',
  danger: 'bg-surface text-urgent border border-urgent/60 hover:bg-urgent-tint font-medium',
};

const SHAPE =
  'inline-flex min-h-9 shrink-0 items-center justify-center gap-2 rounded-md px-3.5 py-1.5 text-base leading-5 transition-colors touch:min-h-11 disabled:cursor-not-allowed disabled:opacity-50';

/** How a button looks, for links that act like one. */
export function buttonClasses(look: ButtonLook = 'secondary', more?: string): string {
  return classes(SHAPE, LOOKS[look], more);
}

/** A button never submits by accident: say `type="submit"`. */
export function Button({
  look = 'secondary',
  className,
  type = 'button',
  ...rest
}: ComponentProps<'button'> & { look?: ButtonLook }) {
  return <button type={type} className={buttonClasses(look, className)} {...rest} />;
}
