import { type ReactNode, type RefObject, useRef } from 'react';
import { useTranslations } from 'use-intl';
import { Button } from './Button.tsx';
import DialogWindow, { type DialogProps } from './DialogWindow.tsx';
import { ErrorSummary } from './ErrorSummary.tsx';
import { Field } from './Field.tsx';
import { useForm } from './form.ts';
import { Textarea } from './Textarea.tsx';

interface ReasonFormProps {
  words: Record<'reason' | 'hint' | 'missing' | 'submit', string>;
  look: 'primary' | 'danger';
  /** What is in the field at first. */
  reason?: string;
  /** With the reason, trimmed; what it throws is told above the field. */
  submit(reason: string): Promise<void>;
  /** What to know before giving one. */
  children?: ReactNode;
}

type ReasonDialogProps = ReasonFormProps & Omit<DialogProps, 'initialFocus' | 'className'>;

/** Asks why before something that has to be answered for. */
export function ReasonDialog({
  open,
  onOpenChange,
  title,
  description,
  finalFocus,
  ...form
}: ReasonDialogProps) {
  const field = useRef<HTMLTextAreaElement>(null);
  return (
    <DialogWindow
      {...{ open, onOpenChange, title, description }}
      initialFocus={field}
      {...(finalFocus && { finalFocus })}
    >
      <ReasonForm {...form} field={field} onCancel={() => onOpenChange(false)} />
    </DialogWindow>
  );
}

/** As long as the server keeps. */
const LONGEST = 500;

interface Within {
  field: RefObject<HTMLTextAreaElement | null>;
  onCancel(): void;
}

function ReasonForm({
  words,
  look,
  reason = '',
  submit,
  children,
  field,
  onCancel,
}: ReasonFormProps & Within) {
  const t = useTranslations('common');
  const form = useForm({
    fields: { reason },
    check: (values) => ({ reason: !values.reason.trim() && words.missing }),
    submit: (values) => submit(values.reason.trim()),
  });
  return (
    <form {...form.props} className="flex flex-col gap-4">
      <ErrorSummary title={form.errorTitle} errors={form.errors} />
      {children}
      <Field label={words.reason} hint={words.hint} {...form.field('reason')}>
        {(control) => (
          <Textarea
            {...control}
            {...form.input('reason')}
            ref={field}
            required
            rows={2}
            maxLength={LONGEST}
          />
        )}
      </Field>
      <div className="flex flex-wrap justify-end gap-2">
        <Button onClick={onCancel}>{t('cancel')}</Button>
        <Button type="submit" look={look} aria-busy={form.busy}>
          {words.submit}
        </Button>
      </div>
    </form>
  );
}
