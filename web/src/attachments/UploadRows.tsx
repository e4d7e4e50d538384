import { type ReactNode, type RefObject, useRef } from 'react';
import { useTranslations } from 'use-intl';
import type { QueuedFile } from './queue.ts';
import { UploadRow } from './UploadRow.tsx';
import type { UploadsHandle } from './use-uploads.ts';

interface UploadRowsProps {
  uploads: UploadsHandle;
  /** Where focus goes when the last row is removed. */
  fallback: RefObject<HTMLElement | null>;
  rowAction: ((queued: QueuedFile) => ReactNode) | undefined;
}

export function UploadRows({ uploads, fallback, rowAction }: UploadRowsProps) {
  const t = useTranslations('files');
  const rows = useRef<HTMLUListElement>(null);
  const { files } = uploads.queue;
  if (files.length === 0) return null;

  const rowOf = (queued: QueuedFile | undefined) =>
    queued && rows.current?.querySelector<HTMLElement>(`[data-file="${queued.id}"]`);
  /** Focus moves on before the row goes: afterwards nobody knows where it was. */
  const remove = (index: number, queued: QueuedFile) => {
    const neighbour = rowOf(files[index + 1] ?? files[index - 1]);
    const next = neighbour?.querySelector<HTMLElement>('[data-remove]') ?? fallback.current;
    next?.focus();
    uploads.remove(queued.id);
  };

  return (
    <ul ref={rows} aria-label={t('chosen')} className="divide-y divide-line">
      {files.map((queued, index) => (
        <UploadRow
          key={queued.id}
          queued={queued}
          onConfirm={() => uploads.confirm(queued.id)}
          onRetry={() => uploads.retry(queued.id)}
          onRemove={() => remove(index, queued)}
        >
          {rowAction?.(queued)}
        </UploadRow>
      ))}
    </ul>
  );
}
