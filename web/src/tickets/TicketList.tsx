import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { CircleCheck, SearchX, TicketPlus } from 'lucide-react';
import { lazy, useRef, useState } from 'react';
import { useFormatter, useTranslations } from 'use-intl';
import { usePageTitle } from '../app/page-title.ts';
import { isStaff, useMe } from '../app/session.ts';
import { buttonClasses } from '../ui/Button.tsx';
import { EmptyState } from '../ui/EmptyState.tsx';
import { useKeys } from '../ui/keys.ts';
import { isPastEnd, useLastPage } from '../ui/last-page.ts';
import { OnceOpen } from '../ui/OnceOpen.tsx';
import { QueryProblem } from '../ui/QueryProblem.tsx';
import { ListToolbar } from './ListToolbar.tsx';
import { type ListSearch, listQueryOf, pageOf, viewOf } from './list-search.ts';
import { Pages } from './Pages.tsx';
import { ticketsQuery } from './queries.ts';
import { stepThrough } from './step-through.ts';
import { TicketTable, TicketTableSkeleton } from './TicketTable.tsx';

const KeysDialog = lazy(() => import('./KeysDialog.tsx'));

/** The tickets of a view: searched, filtered, sorted and paged by the address; walked through with J and K. */
export function TicketList() {
  const t = useTranslations('tickets');
  const format = useFormatter();
  const me = useMe();
  const search = useSearch({ from: '/desk/tickets' });
  const navigate = useNavigate({ from: '/tickets' });
  const view = viewOf(me, search);
  const title = view ? t(`views.${view}`) : t('views.customer');
  usePageTitle(title);
  const tickets = useQuery(ticketsQuery(listQueryOf(me, search)));
  useLastPage(tickets.data, (page) => void navigate({ search: { ...search, page }, replace: true }));
  const table = useRef<HTMLTableElement>(null);
  const searchBox = useRef<HTMLInputElement>(null);
  const [helping, setHelping] = useState(false);
  const heading = useRef<HTMLHeadingElement>(null);
  const before = useRef<Element>(null);
  const help = () => {
    before.current = document.activeElement;
    setHelping(true);
  };
  useKeys({
    j: () => stepThrough(table.current, 1),
    k: () => stepThrough(table.current, -1),
    '/': () => searchBox.current?.focus(),
    '?': help,
  });

  // What narrows the list begins at its first page; typing leaves one step in the history, not one a letter.
  const change = (changed: Partial<ListSearch>) =>
    void navigate({
      search: (before) => ({ ...before, page: undefined, ...changed }),
      replace: 'q' in changed,
    });

  return (
    <div className="px-4 py-5 sm:px-6">
      <div className="mb-4 flex flex-wrap items-baseline gap-x-3 gap-y-1">
        <h1 ref={heading} tabIndex={-1} className="rounded-sm text-xl font-semibold tracking-tight">
          {title}
        </h1>
        {tickets.data && (
          <span className="text-soft tabular-nums" aria-live="polite">
            {t('count', { count: tickets.data.total, shown: format.number(tickets.data.total) })}
          </span>
        )}
      </div>
      <ListToolbar search={search} onChange={change} searchBox={searchBox} onHelp={help} />
      {tickets.error && !tickets.data ? (
        <QueryProblem error={tickets.error} retry={() => void tickets.refetch()} />
      ) : !tickets.data || isPastEnd(tickets.data) ? (
        <TicketTableSkeleton staff={isStaff(me)} />
      ) : tickets.data.data.length === 0 ? (
        <NothingHere search={search} />
      ) : (
        <>
          <TicketTable
            ref={table}
            title={title}
            tickets={tickets.data.data}
            staff={isStaff(me)}
            assigned={view === 'open' || view === 'solved'}
            search={search}
            stale={tickets.isPlaceholderData}
          />
          <Pages
            page={pageOf(search)}
            total={tickets.data.total}
            link={(page, className, children) => (
              <Link
                to="/tickets"
                search={{ ...search, page: page === 1 ? undefined : String(page) }}
                className={className}
              >
                {children}
              </Link>
            )}
          />
        </>
      )}
      <OnceOpen open={helping}>
        <KeysDialog
          open={helping}
          onOpenChange={setHelping}
          finalFocus={() => whereFocusWas(before.current) ?? heading.current}
        />
      </OnceOpen>
    </div>
  );
}

/** The control that had focus; null where it was on the page, whose first control is the search box: there, keys are letters. */
function whereFocusWas(before: Element | null): HTMLElement | null {
  return before instanceof HTMLElement && before.tabIndex >= 0 ? before : null;
}

function NothingHere({ search }: { search: ListSearch }) {
  const t = useTranslations('tickets');
  const me = useMe();
  const view = viewOf(me, search);
  if (search.q || search.status) {
    return (
      <EmptyState
        icon={<SearchX />}
        action={
          <Link to="/tickets" search={{ view: search.view }} className={buttonClasses()}>
            {t('clearSearch')}
          </Link>
        }
      >
        {t('nothingFound')}
      </EmptyState>
    );
  }
  if (view) return <EmptyState icon={<CircleCheck />}>{t(`empty.${view}`)}</EmptyState>;
  return (
    <EmptyState
      icon={<TicketPlus />}
      action={
        <Link to="/tickets/new" className={buttonClasses('primary')}>
          {t('newTicket')}
        </Link>
      }
    >
      {t('empty.customer')}
    </EmptyState>
  );
}
