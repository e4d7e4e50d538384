import type { ComponentProps, ReactElement, ReactNode } from 'react';
import { classes } from './classes.ts';
import { Tooltip } from './Tooltip.tsx';

interface Sign {
  /** What it does, and to what: "Remove a.pdf". Read out, and shown on hover and focus. */
  label: string;
  icon: ReactNode;
  /** In rows of long lists: the browser's own tooltip. A hundred of ours take longer than all the rest of the list. */
  plain?: boolean;
}

const LOOK =
  'inline-flex size-8 shrink-0 items-center justify-center rounded-sm text-soft transition-colors hover:bg-hover hover:text-ink touch:size-11 disabled:cursor-not-allowed disabled:opacity-50 aria-disabled:cursor-not-allowed aria-disabled:opacity-50 [&>svg]:size-4';

/** A button that shows a sign alone, and says its name to whoever asks. */
export function IconButton({
  label,
  icon,
  plain,
  className,
  type = 'button',
  ...rest
}: Omit<ComponentProps<'button'>, 'children' | 'aria-label'> & Sign) {
  return (
    <Labelled label={label} plain={plain}>
      <button
        type={type}
        aria-label={label}
        title={plain ? label : undefined}
        className={classes(LOOK, className)}
        {...rest}
      >
        {icon}
      </button>
    </Labelled>
  );
}

/** The same for what leads somewhere, or downloads. */
export function IconLink({
  label,
  icon,
  plain,
  className,
  href,
  ...rest
}: Omit<ComponentProps<'a'>, 'children' | 'aria-label'> & Sign & { href: string }) {
  return (
    <Labelled label={label} plain={plain}>
      <a
        href={href}
        aria-label={label}
        title={plain ? label : undefined}
        className={classes(LOOK, className)}
        {...rest}
      >
        {icon}
      </a>
    </Labelled>
  );
}

interface LabelledProps {
  label: string;
  plain: boolean | undefined;
  children: ReactElement<Record<string, unknown>>;
}

function Labelled({ label, plain, children }: LabelledProps) {
  return plain ? children : <Tooltip label={label}>{children}</Tooltip>;
}
