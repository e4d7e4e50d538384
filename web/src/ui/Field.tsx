import { type ReactNode, useId } from 'react';
import { classes } from './classes.ts';

/** What a control must be given so that its label, hint and error belong to it. */
export interface ControlProps {
  id: string;
  'aria-describedby': string | undefined;
  'aria-invalid': true | undefined;
}

interface FieldProps {
  label: string;
  hint?: ReactNode;
  error?: string | undefined;
  /** The control's id, where an error summary must find it. */
  id?: string;
  /** The label is read out, not shown. */
  hideLabel?: boolean;
  className?: string;
  children(control: ControlProps): ReactNode;
}

/** A control with its label above it, a hint, and what is wrong with it beneath. */
export function Field({ label, hint, error, id: given, hideLabel, className, children }: FieldProps) {
  const made = useId();
  const id = given ?? made;
  const hintId = hint ? `${id}-hint` : undefined;
  const errorId = error ? `${id}-error` : undefined;
  const described = [hintId, errorId].filter(Boolean).join(' ') || undefined;
  return (
    <div className={classes('flex flex-col gap-1.5', className)}>
      <label htmlFor={id} className={hideLabel ? 'sr-only' : 'font-medium'}>
        {label}
      </label>
      {children({ id, 'aria-describedby': described, 'aria-invalid': error ? true : undefined })}
      {error && (
        <p id={errorId} className="text-sm text-urgent">
          {error}
        </p>
      )}
      {hint && (
        <p id={hintId} className="text-sm text-faint">
          {hint}
        </p>
      )}
    </div>
  );
}
