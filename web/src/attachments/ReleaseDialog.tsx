import { TriangleAlert } from 'lucide-react';
import { type ReactNode, type RefObject, useRef } from 'react';
import { useTranslations } from 'use-intl';
import { Button } from '../ui/Button.tsx';
import DialogWindow from '../ui/DialogWindow.tsx';
import { ErrorSummary } from '../ui/ErrorSummary.tsx';
import { Field } from '../ui/Field.tsx';
import { useForm } from '../ui/form.ts';
import { Textarea } from '../ui/Textarea.tsx';
import { TimeAgo } from '../ui/TimeAgo.tsx';
import type { Attachment, AttachmentsApi } from './api.ts';
import { FileName } from './FileName.tsx';
import { isMalware } from './verdict.ts';
import { useVerdictWords } from './verdict-words.ts';

interface ReleaseDialogProps {
  api: Pick<AttachmentsApi, 'release'>;
  file: Attachment;
  open: boolean;
  onOpenChange(open: boolean): void;
  onReleased(file: Attachment): void;
  focusAfter(): HTMLElement | null;
}

/** Asks why before a blocked file is given out, with what speaks against it. */
export default function ReleaseDialog({ open, onOpenChange, focusAfter, ...form }: ReleaseDialogProps) {
  const t = useTranslations('verdicts');
  const reason = useRef<HTMLTextAreaElement>(null);
  return (
    <DialogWindow
      open={open}
      onOpenChange={onOpenChange}
      title={t('dialog.title')}
      initialFocus={reason}
      finalFocus={focusAfter}
    >
      <ReleaseForm {...form} reason={reason} onCancel={() => onOpenChange(false)} />
    </DialogWindow>
  );
}

/** As long as the server keeps. */
const LONGEST = 500;

interface ReleaseFormProps extends Pick<ReleaseDialogProps, 'api' | 'file' | 'onReleased'> {
  reason: RefObject<HTMLTextAreaElement | null>;
  onCancel(): void;
}

function ReleaseForm({ api, file, reason, onReleased, onCancel }: ReleaseFormProps) {
  const t = useTranslations('verdicts');
  const common = useTranslations('common');
  const words = useVerdictWords();
  const malware = isMalware(file);
  const form = useForm({
    fields: { reason: '' },
    check: (values) => ({ reason: !values.reason.trim() && t('dialog.enterReason') }),
    submit: async (values) => onReleased(await api.release(file.id, values.reason.trim())),
  });
  return (
    <form {...form.props} className="flex flex-col gap-4">
      <ErrorSummary title={form.errorTitle} errors={form.errors} />
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1">
        <Fact term={t('dialog.file')}>
          <FileName name={file.file_name} />
        </Fact>
        <Fact term={t('dialog.found')}>
          <span className="break-words">{words.found(file)}</span>
        </Fact>
        <Fact term={t('dialog.sender')}>
          <bdi>{file.uploader.name}</bdi>
          {' · '}
          <TimeAgo at={file.created_at} style="long" />
        </Fact>
      </dl>
      <p className={malware ? 'flex gap-2 text-urgent' : 'flex gap-2 text-pending'}>
        <TriangleAlert aria-hidden className="mt-0.75 size-4 shrink-0" />
        <span className="min-w-0">{t(malware ? 'dialog.warnMalware' : 'dialog.warnUnscannable')}</span>
      </p>
      <Field label={t('dialog.reason')} hint={t('dialog.reasonHint')} {...form.field('reason')}>
        {(control) => (
          <Textarea
            {...control}
            {...form.input('reason')}
            ref={reason}
            required
            rows={2}
            maxLength={LONGEST}
          />
        )}
      </Field>
      <div className="flex flex-wrap justify-end gap-2">
        <Button onClick={onCancel}>{common('cancel')}</Button>
        <Button type="submit" look="danger" aria-busy={form.busy}>
          {t('release')}
        </Button>
      </div>
    </form>
  );
}

function Fact({ term, children }: { term: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-soft">{term}</dt>
      <dd className="min-w-0">{children}</dd>
    </>
  );
}
