import { Info, WifiOff, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { IconButton } from '../ui/IconButton.tsx';
import { type Queue, underWay } from './queue.ts';
import { useSecondsUntil } from './use-seconds.ts';

/** Why nothing moves just now, and when it goes on; nothing while all goes well. */
export function HoldNotice({ queue }: { queue: Queue }) {
  const t = useTranslations('files');
  const seconds = useSecondsUntil(queue.hold?.until ?? null);
  const count = underWay(queue).length;
  if (count === 0) return null;
  if (!queue.online) return <Notice sign={<WifiOff />}>{t('offline', { count })}</Notice>;
  if (!queue.hold) return null;
  return <Notice sign={<Info />}>{t(WHY[queue.hold.why], { seconds })}</Notice>;
}

const WHY = { busy: 'busy', server: 'serverStuck', line: 'lineLost' } as const;

/** Stays until it is dismissed, where it can be. */
export function Notice({
  sign = <Info />,
  onDismiss,
  children,
}: {
  sign?: ReactNode;
  onDismiss?(): void;
  children: ReactNode;
}) {
  const t = useTranslations('common');
  return (
    <div className="flex items-start gap-2.5 rounded-md bg-pending-tint px-3 py-2 text-sm text-pending">
      <span aria-hidden className="mt-0.5 [&>svg]:size-4">
        {sign}
      </span>
      <p className="min-w-0 flex-1 break-words tabular-nums">{children}</p>
      {onDismiss && (
        <IconButton
          label={t('dismiss')}
          icon={<X />}
          className="-my-1.5 -mr-1.5 text-pending"
          onClick={onDismiss}
        />
      )}
    </div>
  );
}
