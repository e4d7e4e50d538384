import { type RefObject, useRef } from 'react';
import { useTranslations } from 'use-intl';
import { Button } from '../ui/Button.tsx';
import DialogWindow from '../ui/DialogWindow.tsx';
import { ErrorSummary } from '../ui/ErrorSummary.tsx';
import { Field } from '../ui/Field.tsx';
import { useForm } from '../ui/form.ts';
import { Textarea } from '../ui/Textarea.tsx';

/** What is done about a legal hold. */
export type Act = 'put' | 'change' | 'lift';

interface HoldDialogProps {
  act: Act;
  kind: 'ticket' | 'file';
  name: string;
  reason: string | null;
  open: boolean;
  onOpenChange(open: boolean): void;
  submit(reason: string): Promise<void>;
  focusAfter?(): HTMLElement | null;
}

/** Says what a legal hold does, or what its end does, and asks why. */
export function HoldDialog({ open, onOpenChange, focusAfter, ...form }: HoldDialogProps) {
  const t = useTranslations('holds');
  const field = useRef<HTMLTextAreaElement>(null);
  return (
    <DialogWindow
      open={open}
      onOpenChange={onOpenChange}
      title={t(`dialog.title.${form.act}`)}
      description={t(`dialog.about.${form.kind}.${form.act}`, { name: form.name })}
      initialFocus={field}
      {...(focusAfter && { finalFocus: focusAfter })}
    >
      <HoldForm {...form} field={field} onCancel={() => onOpenChange(false)} />
    </DialogWindow>
  );
}

/** As long as the server keeps. */
const LONGEST = 500;

interface HoldFormProps extends Pick<HoldDialogProps, 'act' | 'reason' | 'submit'> {
  field: RefObject<HTMLTextAreaElement | null>;
  onCancel(): void;
}

function HoldForm({ act, reason, submit, field, onCancel }: HoldFormProps) {
  const t = useTranslations('holds');
  const common = useTranslations('common');
  const form = useForm({
    fields: { reason: act === 'change' ? (reason ?? '') : '' },
    check: (values) => ({ reason: !values.reason.trim() && t('dialog.enterReason') }),
    submit: (values) => submit(values.reason.trim()),
  });
  return (
    <form {...form.props} className="flex flex-col gap-4">
      <ErrorSummary title={form.errorTitle} errors={form.errors} />
      <Field
        label={t('dialog.reason')}
        hint={t(act === 'lift' ? 'dialog.liftHint' : 'dialog.reasonHint')}
        {...form.field('reason')}
      >
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
        <Button onClick={onCancel}>{common('cancel')}</Button>
        <Button type="submit" look="primary" aria-busy={form.busy}>
          {t(`dialog.submit.${act}`)}
        </Button>
      </div>
    </form>
  );
}
