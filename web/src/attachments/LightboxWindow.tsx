import { Dialog } from '@base-ui/react/dialog';
import { ChevronLeft, ChevronRight, Download, Trash2, X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslations } from 'use-intl';
import { useSize } from '../messages/size.ts';
import { IconButton, IconLink } from '../ui/IconButton.tsx';
import type { Attachment, AttachmentsApi } from './api.ts';
import { FileName } from './FileName.tsx';
import { Preview } from './Preview.tsx';
import { useLightboxKeys } from './use-lightbox-keys.ts';
import { VerdictFact } from './VerdictBadge.tsx';

export interface LightboxProps {
  api: AttachmentsApi;
  /** Those that can be shown, in the order the arrows go. */
  files: readonly Attachment[];
  /** The id of the file that is open; null while none is. */
  shown: string | null;
  onShow(id: string | null): void;
  /** Without it, nothing can be deleted from here. */
  onDelete?: ((attachment: Attachment) => void) | undefined;
}

/** What `Lightbox` shows. */
export default function LightboxWindow({ api, files, shown, onShow, onDelete }: LightboxProps) {
  const index = files.findIndex(({ id }) => id === shown);
  const attachment = files[index];
  // The last file stays until the dialog has faded out: without its popup, Base UI never takes the backdrop away.
  const [last, setLast] = useState(attachment);
  if (attachment && attachment !== last) setLast(attachment);
  const isGone = shown !== null && !attachment;
  // Somebody has deleted it. When it is restored, it does not open by itself.
  useEffect(() => {
    if (isGone) onShow(null);
  }, [isGone, onShow]);
  return (
    <Dialog.Root open={attachment !== undefined} onOpenChange={(open) => open || onShow(null)}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-ground transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0" />
        {last && (
          <Opened
            api={api}
            files={files}
            index={index}
            attachment={attachment ?? last}
            onShow={onShow}
            onDelete={onDelete}
          />
        )}
      </Dialog.Portal>
    </Dialog.Root>
  );
}

interface OpenedProps extends Pick<LightboxProps, 'api' | 'files' | 'onShow' | 'onDelete'> {
  index: number;
  attachment: Attachment;
}

function Opened({ api, files, index, attachment, onShow, onDelete }: OpenedProps) {
  const t = useTranslations('files');
  const common = useTranslations('common');
  const size = useSize();
  const popup = useRef<HTMLDivElement>(null);
  const { file_name: name, can } = attachment;
  // Round and round: a button at an end would be disabled under the finger and lose focus.
  const go = (by: number) => onShow(files.at((index + by) % files.length)?.id ?? null);
  useLightboxKeys((key) => {
    if (key === 'ArrowLeft') go(-1);
    if (key === 'ArrowRight') go(1);
  });

  return (
    <Dialog.Popup ref={popup} initialFocus={popup} className="fixed inset-0 z-40 flex flex-col outline-none">
      <header className="flex items-center gap-3 border-b border-line bg-surface py-2 pr-2 pl-4 max-sm:flex-wrap">
        <div className="min-w-0 flex-1 max-sm:basis-full">
          <Dialog.Title className="font-semibold">
            <FileName name={name} />
          </Dialog.Title>
          <p className="text-sm text-soft tabular-nums">
            {size(attachment.file_size)}
            {files.length > 1 && ` · ${t('position', { number: index + 1, count: files.length })}`}
            <VerdictFact file={attachment} />
          </p>
        </div>
        <div className="flex items-center max-sm:w-full">
          {files.length > 1 && (
            <>
              <IconButton label={t('previous')} icon={<ChevronLeft />} onClick={() => go(-1)} />
              <IconButton label={t('next')} icon={<ChevronRight />} onClick={() => go(1)} />
              <Divider />
            </>
          )}
          {can.download && (
            <IconLink
              label={t('download', { name })}
              icon={<Download aria-hidden />}
              href={api.downloadUrl(attachment)}
              download={name}
            />
          )}
          {onDelete && can.delete && (
            <IconButton
              label={t('deleteNamed', { name })}
              icon={<Trash2 />}
              onClick={() => {
                if (files.length > 1) go(index === files.length - 1 ? -1 : 1);
                else onShow(null);
                onDelete(attachment);
              }}
            />
          )}
          <Divider />
          <Dialog.Close
            render={<IconButton label={common('close')} icon={<X />} className="max-sm:ml-auto" />}
          />
        </div>
      </header>
      <Preview key={attachment.id} api={api} attachment={attachment} />
    </Dialog.Popup>
  );
}

function Divider() {
  return <span aria-hidden className="mx-1 h-5 w-px bg-line max-sm:hidden" />;
}
