import { Download } from 'lucide-react';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import type { Attachment } from '../api/client.ts';
import { type AttachmentsApi, FileName, Lightbox, previewKind, Thumbnail } from '../attachments/index.ts';
import { useSize } from '../messages/size.ts';
import { IconLink } from '../ui/IconButton.tsx';

/** The files that came with a message: a click shows what can be shown, and fetches the rest. */
export function MessageFiles({ files, api }: { files: Attachment[]; api: AttachmentsApi }) {
  const t = useTranslations('tickets');
  const words = useTranslations('files');
  const size = useSize();
  const [shown, setShown] = useState<string | null>(null);
  return (
    <>
      <ul aria-label={t('detail.filesOfMessage')} className="mt-4 flex flex-wrap gap-2">
        {files.map((file) => (
          <li
            key={file.id}
            className="relative flex max-w-full min-w-0 items-center gap-2.5 rounded-md bg-surface py-1.5 pr-1.5 pl-2 ring-1 ring-line focus-within:bg-hover hover:bg-hover sm:max-w-72"
          >
            <Thumbnail api={api} attachment={file} className="size-9" />
            <span className="min-w-0 flex-1">
              {previewKind(file) ? (
                <button
                  type="button"
                  className="block max-w-full rounded-sm text-left font-medium after:absolute after:inset-0"
                  onClick={() => setShown(file.id)}
                >
                  <FileName name={file.file_name} />
                </button>
              ) : (
                <span className="block font-medium">
                  <FileName name={file.file_name} />
                </span>
              )}
              <span className="block text-xs text-faint tabular-nums">{size(file.file_size)}</span>
            </span>
            {file.can.download && (
              <IconLink
                href={api.downloadUrl(file)}
                download
                label={words('download', { name: file.file_name })}
                icon={<Download />}
                className="relative z-1"
              />
            )}
          </li>
        ))}
      </ul>
      <Lightbox api={api} files={files.filter(previewKind)} shown={shown} onShow={setShown} />
    </>
  );
}
