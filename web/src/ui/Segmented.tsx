import { type ReactNode, useId } from 'react';
import { classes } from './classes.ts';

interface SegmentedProps<Value extends string> {
  /** What is chosen between. */
  label: string;
  value: Value;
  options: readonly { value: Value; label: string; icon?: ReactNode }[];
  onChange(value: Value): void;
  /** Signs alone; their labels are read out, and shown on hover. */
  hideLabels?: boolean;
  /** For as long as what is chosen must stay. */
  disabled?: boolean;
  className?: string;
}

/** One of a few, side by side: radio buttons, moved through with the arrow keys. */
export function Segmented<Value extends string>({
  label,
  value,
  options,
  onChange,
  hideLabels,
  disabled,
  className,
}: SegmentedProps<Value>) {
  const name = useId();
  return (
    <fieldset
      disabled={disabled}
      className={classes(
        'inline-flex rounded-md bg-sunken p-0.5 ring-1 ring-line ring-inset disabled:opacity-60',
        className,
      )}
    >
      <legend className="sr-only">{label}</legend>
      {options.map((option) => (
        <label
          key={option.value}
          {...(hideLabels && { title: option.label })}
          className="flex min-h-8 items-center gap-1.5 rounded-sm px-3 text-sm font-medium text-soft transition-colors hover:text-ink has-checked:bg-surface has-checked:text-ink has-checked:ring-1 has-checked:ring-edge/60 has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent touch:min-h-11 [&>svg]:size-4"
        >
          <input
            type="radio"
            name={name}
            className="sr-only"
            checked={option.value === value}
            onChange={() => onChange(option.value)}
          />
          {option.icon}
          {hideLabels ? <span className="sr-only">{option.label}</span> : option.label}
        </label>
      ))}
    </fieldset>
  );
}
