import { Pause, Play, RotateCw, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { Button } from '../ui/Button.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { ChooseAgain } from './ChooseAgain.tsx';
import { FileName } from './FileName.tsx';
import { LocalThumbnail } from './LocalThumbnail.tsx';
import { mayPause, type QueuedFile } from './queue.ts';
import { UploadStanding } from './UploadStanding.tsx';
import type { UploadsHandle } from './use-uploads.ts';

interface UploadRowProps {
  queued: QueuedFile;
  uploads: Pick<UploadsHandle, 'confirm' | 'retry' | 'pause' | 'resume' | 'supply' | 'remove'>;
  children?: ReactNode;
}

/** A chosen file: what it is, how far it has come, and what may be done about it. */
export function UploadRow({ queued, uploads, children }: UploadRowProps) {
  const t = useTranslations('files');
  const common = useTranslations('common');
  const { id, file, state } = queued;
  const { name } = file;
  const remove = () => uploads.remove(id);
  return (
    <li
      data-file={id}
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
      <div className="mt-1 flex touch:mt-0">
        <PauseButton queued={queued} uploads={uploads} />
        <IconButton data-row-focus label={t(wordFor(queued), { name })} icon={<X />} onClick={remove} />
      </div>
      {state.at === 'asking' && (
        <Choices>
          <Button aria-label={t('attachAnywayNamed', { name })} onClick={() => uploads.confirm(id)}>
            {t('attachAnyway')}
          </Button>
          <Button look="quiet" aria-label={t('leaveOutNamed', { name })} onClick={remove}>
            {t('leaveOut')}
          </Button>
        </Choices>
      )}
      {state.at === 'failed' && state.again && (
        <Choices>
          <Button aria-label={t('retryNamed', { name })} onClick={() => uploads.retry(id)}>
            <RotateCw aria-hidden className="size-4" />
            {common('retry')}
          </Button>
        </Choices>
      )}
      {state.at === 'missing' && (
        <Choices>
          <ChooseAgain name={name} onChoose={(chosen) => uploads.supply(id, chosen)} />
        </Choices>
      )}
    </li>
  );
}

function Choices({ children }: { children: ReactNode }) {
  return <div className="col-start-2 col-end-4 flex flex-wrap gap-2">{children}</div>;
}

/** One button that turns from the one into the other, so that focus stays where it is. */
function PauseButton({ queued, uploads: { pause, resume } }: UploadRowProps) {
  const t = useTranslations('files');
  const { id, file, state } = queued;
  const { name } = file;
  if (state.at === 'paused') {
    return <IconButton label={t('resume', { name })} icon={<Play />} onClick={() => resume(id)} />;
  }
  if (!mayPause(queued)) return null;
  // There is nothing left to hold back.
  const allSent = state.at === 'sending' && state.sent >= file.size;
  return (
    <IconButton
      label={t('pause', { name })}
      icon={<Pause />}
      aria-disabled={allSent || undefined}
      onClick={() => allSent || pause(id)}
    />
  );
}

function wordFor({ state }: QueuedFile): 'cancel' | 'dismiss' | 'remove' {
  switch (state.at) {
    case 'sending':
    case 'paused':
    case 'missing':
      return 'cancel';
    case 'failed':
      return 'dismiss';
    default:
      return 'remove';
  }
}
