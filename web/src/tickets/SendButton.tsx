import { Clock, LoaderCircle } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { Button } from '../ui/Button.tsx';
import type { Sending } from './use-sending.ts';

interface SendButtonProps {
  sending: Sending;
  label: string;
  /** What it says while it waits for that many files. */
  waiting(count: number): string;
}

/** Never disabled: while files are on their way it says what it waits for, and pressing it again calls it off. */
export function SendButton({ sending, label, waiting }: SendButtonProps) {
  const t = useTranslations('tickets');
  const { at, pending, callOff } = sending;
  if (at === 'waiting' && pending > 0) {
    return (
      <>
        <p role="status" className="flex items-center gap-2 text-soft">
          <Clock aria-hidden className="size-4" />
          {waiting(pending)}
        </p>
        <Button onClick={callOff}>{t('callOff')}</Button>
      </>
    );
  }
  return (
    <Button type="submit" look="primary" aria-busy={at === 'sending'}>
      {at === 'sending' && <LoaderCircle aria-hidden className="size-4 animate-spin" />}
      {label}
    </Button>
  );
}
