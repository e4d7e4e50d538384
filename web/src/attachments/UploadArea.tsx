import { Paperclip } from 'lucide-react';
import { type ReactNode, type RefObject, useRef } from 'react';
import { useTranslations } from 'use-intl';
import { useSize } from '../messages/size.ts';
import { Button } from '../ui/Button.tsx';
import { classes } from '../ui/classes.ts';
import { DropOverlay } from './DropOverlay.tsx';
import { nameScreenshot } from './paste.ts';
import type { QueuedFile } from './queue.ts';
import { HoldNotice, Notice } from './UploadNotice.tsx';
import { UploadRows } from './UploadRows.tsx';
import { useDrop, ZONE } from './use-drop.ts';
import { useNotice } from './use-notice.ts';
import { usePaste } from './use-paste.ts';
import { useUploadSpeech } from './use-upload-speech.ts';
import type { UploadsHandle } from './use-uploads.ts';

export interface UploadAreaProps {
  /** Names where files go that are dropped or pasted anywhere on the page; null takes only what comes to the area itself. */
  pageTarget?: string | null;
  /** The button, for whoever sends focus here. */
  attachRef?: RefObject<HTMLButtonElement | null>;
  /** Something more to do with a chosen file, beneath its name. */
  rowAction?(queued: QueuedFile): ReactNode;
  className?: string;
}

/**
 * Where files are chosen, dropped and pasted, and what becomes of them. The form of a new ticket or a reply holds
 * `uploads` itself (`useStagedUploads`), so that it can wait for them.
 */
export function UploadArea({
  uploads,
  pageTarget,
  attachRef,
  rowAction,
  className,
}: UploadAreaProps & { uploads: UploadsHandle }) {
  const t = useTranslations('files');
  const verdicts = useTranslations('verdicts');
  const zone = useRef<HTMLDivElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const ownButton = useRef<HTMLButtonElement>(null);
  const button = attachRef ?? ownButton;
  const wholePage = pageTarget !== null;
  const notice = useNotice(uploads);
  useUploadSpeech(uploads);

  const dragging = useDrop({
    zone,
    wholePage,
    onDrop: (dropped) => {
      uploads.add(dropped.files);
      notice.dropped(dropped);
    },
    onUnreadable: notice.unreadable,
  });
  usePaste({
    zone,
    wholePage,
    onPaste: (files) => {
      const taken = new Set(uploads.queue.files.map(({ file }) => file.name));
      uploads.add(files.map((file) => nameScreenshot(file, t('screenshot'), new Date(), taken)));
    },
  });

  return (
    <div ref={zone} {...{ [ZONE]: '' }} className={classes('flex flex-col gap-2', className)}>
      <div
        className={classes(
          'flex flex-wrap items-center gap-x-3 gap-y-2 rounded-md border border-dashed p-3 transition-colors',
          dragging === 'zone' ? 'border-accent bg-accent-tint' : 'border-edge/70',
        )}
      >
        <Button ref={button} onClick={() => input.current?.click()}>
          <Paperclip aria-hidden className="size-4" />
          {t('attach')}
        </Button>
        <div className="min-w-60 flex-1 text-sm text-soft">
          {/* A finger has nothing to drop. */}
          <p className="pointer-coarse:hidden">{t(wholePage ? 'dropHere' : 'dropOnZone')}</p>
          <Limits uploads={uploads} />
          {!uploads.scanning && <p className="text-faint">{verdicts('notScannedHere')}</p>}
        </div>
        <input
          ref={input}
          type="file"
          multiple
          hidden
          accept={uploads.limits?.extensions.map((extension) => `.${extension}`).join(',')}
          onChange={({ currentTarget }) => {
            uploads.add([...(currentTarget.files ?? [])]);
            // So that the same file can be chosen again.
            currentTarget.value = '';
          }}
        />
      </div>
      {notice.text && <Notice onDismiss={notice.dismiss}>{notice.text}</Notice>}
      <HoldNotice queue={uploads.queue} />
      <UploadRows uploads={uploads} fallback={button} rowAction={rowAction} />
      {dragging === 'page' && <DropOverlay target={pageTarget ?? t('thisTicket')} />}
    </div>
  );
}

function Limits({ uploads: { limits } }: { uploads: UploadsHandle }) {
  const t = useTranslations('files');
  const size = useSize();
  // The line is there before the limits are, so that nothing moves when they come.
  if (!limits) return <p className="text-faint">&nbsp;</p>;
  return (
    <p className="text-faint">
      {t('limits', { size: size(limits.maxFileSize), types: limits.extensions.join(', ') })}
    </p>
  );
}
