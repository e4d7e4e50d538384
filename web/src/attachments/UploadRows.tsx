import { type ReactNode, type RefObject, useRef } from 'react';
import { useTranslations } from 'use-intl';
import type { QueuedFile } from './queue.ts';
import { UploadRow } from './UploadRow.tsx';
import { useRowFocus } from './use-row-focus.ts';
import type { UploadsHandle } from './use-uploads.ts';

interface UploadRowsProps {
  uploads: UploadsHandle;
  /** Where focus goes when the last row goes. */
  fallback: RefObject<HTMLElement | null>;
  rowAction: ((queued: QueuedFile) => ReactNode) | undefined;
}

export function UploadRows({ uploads, fallback, rowAction }: UploadRowsProps) {
  const t = useTranslations('files');
  const rows = useRef<HTMLUListElement>(null);
  const { files } = uploads.queue;
  useRowFocus(
    rows,
    files.map(({ id }) => id),
    fallback,
  );
  if (files.length === 0) return null;
  return (
    <ul ref={rows} aria-label={t('chosen')} className="divide-y divide-line">
      {files.map((queued) => (
        <UploadRow key={queued.id} queued={queued} uploads={uploads}>
          {rowAction?.(queued)}
        </UploadRow>
      ))}
    </ul>
  );
}
