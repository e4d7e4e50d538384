import { Clock, LoaderCircle } from 'lucide-react';
import { useTranslations } from 'use-intl';
import type { SendWhenUploaded } from '../attachments/index.ts';
import { Button } from '../ui/Button.tsx';

interface SendButtonProps {
  sending: SendWhenUploaded;
  label: string;
  /** What it says while it waits for that many files. */
  waiting(count: number): string;
}

/** Never disabled: while files are on their way it says what it waits for, beside what calls it off. */
export function SendButton({ sending: { phase, waitingFor, callOff }, label, waiting }: SendButtonProps) {
  const t = useTranslations('tickets');
  const waits = phase === 'waiting' && waitingFor > 0;
  // Also while the files of an earlier page are still to come.
  const isBusy = phase !== 'idle' && !waits;
  return (
    <>
      {waits && (
        <p role="status" className="flex items-center gap-2 text-soft">
          <Clock aria-hidden className="size-4" />
          {waiting(waitingFor)}
        </p>
      )}
      {/* One button all along, so that focus stays on it. */}
      <Button
        type={waits ? 'button' : 'submit'}
        look={waits ? 'secondary' : 'primary'}
        aria-busy={isBusy}
        {...(waits && { onClick: callOff })}
      >
        {isBusy && <LoaderCircle aria-hidden className="size-4 animate-spin" />}
        {waits ? t('callOff') : label}
      </Button>
    </>
  );
}
