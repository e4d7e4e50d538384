import { RotateCw, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { Button } from '../ui/Button.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { FileName } from './FileName.tsx';
import { LocalThumbnail } from './LocalThumbnail.tsx';
import type { QueuedFile } from './queue.ts';
import { UploadStanding } from './UploadStanding.tsx';

interface UploadRowProps {
  queued: QueuedFile;
  onConfirm(): void;
  onRetry(): void;
  onRemove(): void;
  children?: ReactNode;
}

/** A chosen file: what it is, how far it has come, and what may be done about it. */
export function UploadRow({ queued, onConfirm, onRetry, onRemove, children }: UploadRowProps) {
  const t = useTranslations('files');
  const common = useTranslations('common');
  const { file, state } = queued;
  const { name } = file;
  return (
    <li
      data-file={queued.id}
      aria-label={name}
      className="relative grid grid-cols-[auto_minmax(0,1fr)_auto] items-start gap-x-3 gap-y-2 py-2.5"
    >
      <LocalThumbnail file={file} />
      <div className="min-w-0 self-center">
        <div className="font-medium">
          <FileName name={name} />
        </div>
        <UploadStanding queued={queued} />
        {children}
      </div>
      <IconButton
        data-row-focus
        label={t(state.at === 'sending' ? 'cancel' : state.at === 'failed' ? 'dismiss' : 'remove', { name })}
        icon={<X />}
        className="mt-1 touch:mt-0"
        onClick={onRemove}
      />
      {state.at === 'asking' && (
        <div className="col-start-2 col-end-4 flex flex-wrap gap-2">
          <Button aria-label={t('attachAnywayNamed', { name })} onClick={onConfirm}>
            {t('attachAnyway')}
          </Button>
          <Button look="quiet" aria-label={t('leaveOutNamed', { name })} onClick={onRemove}>
            {t('leaveOut')}
          </Button>
        </div>
      )}
      {state.at === 'failed' && state.again && (
        <div className="col-start-2 col-end-4">
          <Button aria-label={t('retryNamed', { name })} onClick={onRetry}>
            <RotateCw aria-hidden className="size-4" />
            {common('retry')}
          </Button>
        </div>
      )}
    </li>
  );
}
