import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { ShieldCheck } from 'lucide-react';
import { useRef } from 'react';
import { useFormatter, useTranslations } from 'use-intl';
import { FILES } from '../api/attachments.ts';
import { blockedQuery } from '../api/blocked.ts';
import { usePageTitle } from '../app/page-title.ts';
import { refetchFiles, useReleasing, useRescan, useRowFocus } from '../attachments/index.ts';
import { EmptyState } from '../ui/EmptyState.tsx';
import { useKeys } from '../ui/keys.ts';
import { isPastEnd, useLastPage } from '../ui/last-page.ts';
import { QueryProblem } from '../ui/QueryProblem.tsx';
import { BlockedTable } from './BlockedTable.tsx';
import { PAGE_SIZE, pageOf } from './list-search.ts';
import { Pages } from './Pages.tsx';
import { stepThrough } from './step-through.ts';
import { TicketTableSkeleton } from './TicketTable.tsx';

/** What nobody gets, on all tickets: looked at, released, scanned again; walked through with J and K. */
export function BlockedFiles() {
  const t = useTranslations('verdicts.view');
  const format = useFormatter();
  usePageTitle(t('title'));
  const page = pageOf(useSearch({ from: '/desk/blocked' }));
  const blocked = useQuery(blockedQuery({ skip: (page - 1) * PAGE_SIZE, limit: PAGE_SIZE }));
  const navigate = useNavigate({ from: '/blocked' });
  useLastPage(blocked.data, (last) => void navigate({ search: { page: last }, replace: true }));
  const heading = useRef<HTMLHeadingElement>(null);
  const table = useRef<HTMLTableElement>(null);
  const queries = useQueryClient();
  // What is released leaves this list as soon as it is asked for again.
  const refetch = ({ ticket_id }: { ticket_id: string }) => refetchFiles(queries, ticket_id);
  const releasing = useReleasing(FILES, refetch, () => heading.current);
  const rescan = useRescan(FILES);
  const shown = blocked.data?.data ?? [];
  useRowFocus(
    table,
    shown.map(({ id }) => id),
    heading,
  );
  useKeys({ j: () => stepThrough(table.current, 1), k: () => stepThrough(table.current, -1) });

  return (
    <div className="px-4 py-5 sm:px-6">
      <div className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
        <h1 ref={heading} tabIndex={-1} className="rounded-sm text-xl font-semibold tracking-tight">
          {t('title')}
        </h1>
        {blocked.data && (
          <span className="text-soft tabular-nums" aria-live="polite">
            {t('count', { count: blocked.data.total, shown: format.number(blocked.data.total) })}
          </span>
        )}
      </div>
      <p className="mt-1 mb-4 text-soft">{t('intro')}</p>
      {blocked.error && !blocked.data ? (
        <QueryProblem error={blocked.error} retry={() => void blocked.refetch()} />
      ) : !blocked.data || isPastEnd(blocked.data) ? (
        <TicketTableSkeleton staff />
      ) : blocked.data.data.length === 0 ? (
        <EmptyState icon={<ShieldCheck />}>{t('none')}</EmptyState>
      ) : (
        <>
          <BlockedTable
            ref={table}
            files={blocked.data.data}
            stale={blocked.isPlaceholderData}
            onRelease={releasing.ask}
            onRescan={(file) => void rescan(file)}
          />
          <Pages
            page={page}
            total={blocked.data.total}
            link={(to, className, children) => (
              <Link to="/blocked" search={{ page: to === 1 ? undefined : String(to) }} className={className}>
                {children}
              </Link>
            )}
          />
        </>
      )}
      {releasing.dialog}
    </div>
  );
}
