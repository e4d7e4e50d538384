import type { ComponentProps, ReactNode } from 'react';
import { classes } from './classes.ts';
import { Tooltip } from './Tooltip.tsx';

interface IconButtonProps extends Omit<ComponentProps<'button'>, 'children' | 'aria-label'> {
  /** What it does, and to what: "Remove a.pdf". Read out, and shown on hover and focus. */
  label: string;
  icon: ReactNode;
}

const LOOK =
  'inline-flex size-8 shrink-0 items-center justify-center rounded-sm text-soft transition-colors hover:bg-hover hover:text-ink touch:size-11 disabled:cursor-not-allowed disabled:opacity-50 aria-disabled:cursor-not-allowed aria-disabled:opacity-50 [&>svg]:size-4';

/** A button that shows a sign alone, and says its name to whoever asks. */
export function IconButton({ label, icon, className, type = 'button', ...rest }: IconButtonProps) {
  return (
    <Tooltip label={label}>
      <button type={type} aria-label={label} className={classes(LOOK, className)} {...rest}>
        {icon}
      </button>
    </Tooltip>
  );
}

interface IconLinkProps extends Omit<ComponentProps<'a'>, 'children' | 'aria-label'> {
  href: string;
  label: string;
  icon: ReactNode;
}

/** The same for what leads somewhere, or downloads. */
export function IconLink({ label, icon, className, href, ...rest }: IconLinkProps) {
  return (
    <Tooltip label={label}>
      <a href={href} aria-label={label} className={classes(LOOK, className)} {...rest}>
        {icon}
      </a>
    </Tooltip>
  );
}
