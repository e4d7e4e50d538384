import { useQuery } from '@tanstack/react-query';
import { Download, LayoutGrid, Paperclip, Rows3 } from 'lucide-react';
import { type RefObject, useDeferredValue, useRef, useState } from 'react';
import { useTranslations } from 'use-intl';
import { useIsLive } from '../live/index.ts';
import { buttonClasses } from '../ui/Button.tsx';
import { classes } from '../ui/classes.ts';
import { EmptyState } from '../ui/EmptyState.tsx';
import { QueryProblem } from '../ui/QueryProblem.tsx';
import { Segmented } from '../ui/Segmented.tsx';
import { Skeleton } from '../ui/Skeleton.tsx';
import { useToast } from '../ui/Toaster.tsx';
import type { AttachmentsApi } from './api.ts';
import { FileItem } from './FileItem.tsx';
import { keepFileView, keptFileView } from './file-view.ts';
import { Lightbox } from './Lightbox.tsx';
import { useFileList, useListChanges } from './list-query.ts';
import { useLookAgain } from './look-again.ts';
import { More } from './More.tsx';
import { policyQuery } from './policy-query.ts';
import { previewKind } from './preview-kind.ts';
import { useDeletion } from './use-deletion.ts';
import { useFileActions } from './use-file-actions.ts';
import { useLaidOut } from './use-laid-out.ts';
import { useReleasing } from './use-releasing.tsx';
import { useRescan } from './use-rescan.ts';
import { useRowFocus } from './use-row-focus.ts';

interface AttachmentListProps {
  api: AttachmentsApi;
  ticketId: string;
  /** After a deletion or an undo: other lists of the same files are out of date. */
  onChange?(): void;
  /** The Attach button, which takes focus when the last file is gone. */
  attachRef?: RefObject<HTMLElement | null>;
}

/** Every file of a ticket, newest first. */
export function AttachmentList({ api, ticketId, onChange, attachRef }: AttachmentListProps) {
  const t = useTranslations('files');
  const [view, setView] = useState(keptFileView);
  const [shown, setShown] = useState<string | null>(null);
  const rows = useRef<HTMLUListElement>(null);
  const list = useFileList(api, ticketId);
  const changes = useListChanges(ticketId);
  const remove = useDeletion(api, changes, onChange);
  const releasing = useReleasing(api, changes.replace, () => rows.current);
  const rescan = useRescan(api);
  const { data: policy } = useQuery({
    ...policyQuery(api),
    enabled: list.files.some((file) => file.can.rescan),
  });
  const toast = useToast();
  const actions = useFileActions({
    open: ({ id }) => setShown(id),
    described: (attachment) => {
      changes.replace(attachment);
      toast({ title: t('described') });
    },
    remove: (attachment) => void remove(attachment),
    release: releasing.ask,
    rescan: (attachment) => void rescan(attachment),
    changed: changes.replace,
  });
  const { total } = list;
  // The first rows at once; what comes later is drawn between frames.
  const drawn = useDeferredValue(list.files);
  const files = drawn.length === 0 ? list.files : drawn;
  useRowFocus(
    rows,
    files.map(({ id }) => id),
    attachRef,
  );
  useLaidOut(rows, files.length);
  const waiting = list.files.filter((file) => file.virus_scan_status === 'pending');
  useLookAgain(waiting.map(({ id }) => id).join(), useIsLive(ticketId), list.refetch);

  if (list.isPending) return <Loading />;
  if (list.isError && files.length === 0)
    return <QueryProblem error={list.error} retry={() => void list.refetch()} />;
  if (files.length === 0) return <EmptyState icon={<Paperclip />}>{t('none')}</EmptyState>;
  return (
    <div className="@container flex flex-col gap-2">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <p className="text-sm text-soft">{t('count', { count: total })}</p>
        <div className="flex flex-wrap items-center gap-2">
          {total > 1 && (
            <a href={api.zipUrl()} download className={buttonClasses('quiet')}>
              <Download aria-hidden className="size-4" />
              {t('downloadAll')}
            </a>
          )}
          <Segmented
            label={t('view')}
            hideLabels
            value={view}
            options={[
              { value: 'list', label: t('list'), icon: <Rows3 aria-hidden /> },
              { value: 'grid', label: t('grid'), icon: <LayoutGrid aria-hidden /> },
            ]}
            onChange={(chosen) => {
              keepFileView(chosen);
              setView(chosen);
            }}
          />
        </div>
      </div>
      <ul
        ref={rows}
        aria-label={t('files')}
        className={classes(
          view === 'grid'
            ? 'grid grid-cols-[repeat(auto-fill,minmax(8rem,1fr))] @md:grid-cols-[repeat(auto-fill,minmax(10rem,1fr))] gap-3'
            : 'divide-y divide-line',
        )}
      >
        {files.map((attachment) => (
          <FileItem
            key={attachment.id}
            api={api}
            attachment={attachment}
            view={view}
            scanning={policy?.scanning === true}
            actions={actions}
          />
        ))}
      </ul>
      {list.hasNextPage && (
        <More loading={list.isFetchingNextPage} onMore={() => void list.fetchNextPage()} />
      )}
      <Lightbox
        api={api}
        files={files.filter(previewKind)}
        shown={shown}
        onShow={setShown}
        onDelete={(attachment) => void remove(attachment)}
      />
      {releasing.dialog}
    </div>
  );
}

/** As tall as the rows that will come. */
function Loading() {
  const t = useTranslations('files');
  return (
    <div aria-busy="true">
      <span className="sr-only">{t('loading')}</span>
      {[0, 1, 2].map((row) => (
        <div key={row} className="flex items-center gap-3 py-2.5">
          <Skeleton className="size-10" />
          <div className="flex flex-1 flex-col gap-2">
            <Skeleton className="h-4 w-2/3" />
            <Skeleton className="h-3 w-1/2" />
          </div>
        </div>
      ))}
    </div>
  );
}
