import type { ReactNode } from 'react';
import { Button } from '../ui/Button.tsx';
import { ErrorSummary } from '../ui/ErrorSummary.tsx';
import type { Form } from '../ui/form.ts';

interface EntryFormProps {
  title: string;
  intro?: ReactNode;
  form: Form;
  submit: string;
  children: ReactNode;
  /** Beneath the button. */
  after?: ReactNode;
}

/** The one form of a screen before the sign-in. */
export function EntryForm({ title, intro, form, submit, children, after }: EntryFormProps) {
  return (
    <form {...form.props} className="flex flex-col gap-5">
      <div>
        <h1 className="text-xl font-semibold tracking-tight">{title}</h1>
        {intro && <p className="mt-1.5 text-soft">{intro}</p>}
      </div>
      <ErrorSummary title={form.errorTitle} errors={form.errors} />
      {children}
      <Button type="submit" look="primary" aria-busy={form.busy}>
        {submit}
      </Button>
      {after}
    </form>
  );
}
