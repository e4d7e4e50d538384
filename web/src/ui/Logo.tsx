import { classes } from './classes.ts';

/** The sign and the name. */
export function Logo({ className }: { className?: string }) {
  return (
    <span
      className={classes('inline-flex items-center gap-2 text-lg font-semibold tracking-tight', className)}
    >
      <svg viewBox="0 0 32 32" aria-hidden="true" className="size-7">
        <rect width="32" height="32" rx="8" className="fill-accent" />
        <path
          d="M9 8h8a8 8 0 0 1 0 16H9zm4 4v8h4a4 4 0 0 0 0-8z"
          fillRule="evenodd"
          className="fill-on-accent"
        />
      </svg>
      Docket
    </span>
  );
}
