import { useTranslations } from 'use-intl';
import { ReasonDialog } from '../ui/ReasonDialog.tsx';

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
export function HoldDialog({ act, kind, name, reason, focusAfter, ...dialog }: HoldDialogProps) {
  const t = useTranslations('holds.dialog');
  return (
    <ReasonDialog
      {...dialog}
      title={t(`title.${act}`)}
      description={t(`about.${kind}.${act}`, { name })}
      look="primary"
      words={{
        reason: t('reason'),
        hint: t(act === 'lift' ? 'liftHint' : 'reasonHint'),
        missing: t('enterReason'),
        submit: t(`submit.${act}`),
      }}
      {...(act === 'change' && reason !== null && { reason })}
      {...(focusAfter && { finalFocus: focusAfter })}
    />
  );
}
