import { ChevronRight, Undo2 } from 'lucide-react';
import { useRef, useState } from 'react';
import { useTranslations } from 'use-intl';
import { Button } from '../ui/Button.tsx';
import { QueryProblem } from '../ui/QueryProblem.tsx';
import { Skeleton } from '../ui/Skeleton.tsx';
import { TimeAgo } from '../ui/TimeAgo.tsx';
import type { AttachmentsApi, DeletedAttachment } from './api.ts';
import { FileName } from './FileName.tsx';
import { LegalHold, LegalHoldActions } from './LegalHold.tsx';
import { useDeletedFiles, useFileList, useListChanges } from './list-query.ts';
import { Thumbnail } from './Thumbnail.tsx';
import { useRestore } from './use-restore.ts';
import { useRowFocus } from './use-row-focus.ts';

interface DeletedFilesProps {
  api: AttachmentsApi;
  ticketId: string;
  /** After a file has come back: other lists of the same files are out of date. */
  onChange?(): void;
}

const NONE: DeletedAttachment[] = [];

/** What was deleted and can still be brought back, for those who may. Folded, and not there while there is none. */
export function DeletedFiles({ api, ticketId, onChange }: DeletedFilesProps) {
  const t = useTranslations('files');
  const [open, setOpen] = useState(false);
  const [restoring, setRestoring] = useState<string | null>(null);
  const summary = useRef<HTMLElement>(null);
  const rows = useRef<HTMLUListElement>(null);
  const { deletedTotal: count } = useFileList(api, ticketId);
  const { data: files = NONE, isPending, error, refetch } = useDeletedFiles(api, ticketId, open);
  const restore = useRestore(api, useListChanges(ticketId), onChange);
  useRowFocus(
    rows,
    files.map(({ id }) => id),
    summary,
  );
  // Whoever brings the last one back still stands here.
  if (count === 0 && !open) return null;

  const bringBack = async (file: DeletedAttachment) => {
    if (restoring) return;
    setRestoring(file.id);
    await restore(file);
    setRestoring(null);
  };
  return (
    <details
      open={open}
      onToggle={(event) => setOpen(event.currentTarget.open)}
      className="group @container border-t border-line pt-1"
    >
      <summary
        ref={summary}
        className="-mx-1 flex min-h-9 list-none items-center gap-1.5 rounded-sm px-1 text-sm text-soft hover:text-ink touch:min-h-11 [&::-webkit-details-marker]:hidden"
      >
        <ChevronRight aria-hidden className="size-4 transition-transform group-open:rotate-90" />
        {t('deletedFiles')}
        {count > 0 && <span className="text-faint tabular-nums">{count}</span>}
      </summary>
      {error && files.length === 0 && <QueryProblem error={error} retry={() => void refetch()} />}
      {isPending && open && <Skeleton className="my-2 h-10" />}
      {!isPending && !error && files.length === 0 && (
        <p className="py-2 text-sm text-soft">{t('noDeletedFiles')}</p>
      )}
      <ul ref={rows} aria-label={t('deletedFiles')} className="divide-y divide-line">
        {files.map((file) => (
          <li
            key={file.id}
            data-file={file.id}
            className="grid grid-cols-[auto_minmax(0,1fr)] items-center gap-x-3 py-2.5 @md:grid-cols-[auto_minmax(0,1fr)_auto]"
          >
            <Thumbnail api={api} attachment={file} className="size-10" />
            <div className="flex min-w-0 flex-col gap-0.5">
              <FileName name={file.file_name} />
              <p className="text-sm text-soft">
                {t('deletedBy', { name: file.deleted_by.name })}
                {'\u00a0· '}
                <TimeAgo at={file.deleted_at} style="long" />
              </p>
              <LegalHold file={file} />
            </div>
            <div className="-ml-3.5 flex items-center @max-md:col-start-2 @md:ml-0">
              <Button
                data-row-focus
                look="quiet"
                aria-label={t('restoreNamed', { name: file.file_name })}
                aria-disabled={restoring === file.id}
                onClick={() => void bringBack(file)}
              >
                <Undo2 aria-hidden className="size-4" />
                {t('restore')}
              </Button>
              <LegalHoldActions api={api} file={file} onChanged={() => void refetch()} />
            </div>
          </li>
        ))}
      </ul>
    </details>
  );
}
