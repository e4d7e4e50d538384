import { useBlocker } from '@tanstack/react-router';
import { useEffect, useRef, useSyncExternalStore } from 'react';
import { useTranslations } from 'use-intl';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { onReasons, reasonToStay } from '../ui/staying.ts';

/** Asks before another screen ends what this one still does; goes there by itself once that is done. */
export default function LeaveGuard() {
  const t = useTranslations('common');
  const reason = useSyncExternalStore(onReasons, reasonToStay);
  const { status, proceed, reset } = useBlocker({
    shouldBlockFn: ({ current, next }) => current.pathname !== next.pathname && reasonToStay() !== null,
    enableBeforeUnload: false,
    withResolver: true,
  });
  const asking = status === 'blocked';
  const stay = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (asking && !reason) proceed();
  }, [asking, reason, proceed]);
  return (
    <Dialog
      open={asking}
      onOpenChange={(open) => open || reset?.()}
      initialFocus={stay}
      title={t('leave.title')}
      description={reason && t(`leave.${reason}`)}
    >
      <div className="flex flex-wrap justify-end gap-2">
        <Button onClick={proceed}>{t('leave.go')}</Button>
        <Button ref={stay} look="primary" onClick={reset}>
          {t('leave.stay')}
        </Button>
      </div>
    </Dialog>
  );
}
