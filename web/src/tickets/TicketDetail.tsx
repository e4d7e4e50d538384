import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { ChevronLeft } from 'lucide-react';
import { lazy, Suspense, useMemo } from 'react';
import { useTranslations } from 'use-intl';
import { attachmentsOf } from '../api/attachments.ts';
import type { Ticket } from '../api/client.ts';
import { ApiProblem } from '../api/problem.ts';
import { usePageTitle } from '../app/page-title.ts';
import { useMe } from '../app/session.ts';
import { QueryProblem } from '../ui/QueryProblem.tsx';
import { Skeleton } from '../ui/Skeleton.tsx';
import { TimeAgo } from '../ui/TimeAgo.tsx';
import { Composer } from './Composer.tsx';
import { Conversation } from './Conversation.tsx';
import { FilesPanel } from './FilesPanel.tsx';
import { PriorityMark } from './PriorityMark.tsx';
import { Properties } from './Properties.tsx';
import { ticketQuery, UNTIMED } from './queries.ts';
import { RailSection } from './RailSection.tsx';
import { StatusBadge } from './StatusBadge.tsx';
import { useLiveTicket } from './use-live-ticket.ts';

const TicketHold = lazy(() => import('./TicketHold.tsx'));

/** A ticket: what was said, its files, and where it stands. */
export function TicketDetail() {
  const { ticketId } = useParams({ from: '/desk/tickets/$ticketId' });
  const live = useLiveTicket(ticketId);
  const { data: ticket, error, refetch } = useQuery({ ...ticketQuery(ticketId), ...(live && UNTIMED) });
  usePageTitle(ticket && `#${ticket.number} ${ticket.subject}`);
  if (error && (!ticket || isHidden(error)))
    return <QueryProblem error={error} retry={() => void refetch()} />;
  if (!ticket) return <Loading />;
  return <Opened key={ticket.id} ticket={ticket} />;
}

/** Of what was seen a moment ago: somebody else has taken it away. */
function isHidden(error: Error): boolean {
  return error instanceof ApiProblem && (error.status === 403 || error.status === 404);
}

/** Wide: the conversation, and a rail beside it. Narrow: the rail's sections, folded, above the conversation. */
const FRAME =
  'mx-auto grid max-w-290 grid-cols-[minmax(0,1fr)] items-start gap-x-10 gap-y-4 px-4 py-5 sm:px-6 min-[1100px]:grid-cols-[minmax(0,760px)_300px] min-[1100px]:grid-rows-[auto_1fr] min-[1100px]:justify-between';

function Opened({ ticket }: { ticket: Ticket }) {
  const t = useTranslations('tickets');
  const me = useMe();
  const files = useMemo(() => attachmentsOf(ticket.id), [ticket.id]);
  return (
    <div className={FRAME}>
      <Header ticket={ticket} />
      <aside
        aria-label={t('detail.details')}
        className="flex flex-col gap-3 min-[1100px]:col-start-2 min-[1100px]:row-span-2 min-[1100px]:row-start-1 min-[1100px]:gap-6 min-[1100px]:pt-1"
      >
        <RailSection title={t('detail.details')}>
          <Properties ticket={ticket} />
        </RailSection>
        {(ticket.legal_hold || ticket.can.hold) && (
          <Suspense>
            <TicketHold ticket={ticket} />
          </Suspense>
        )}
        <RailSection title={t('detail.files')} count={ticket.attachment_count}>
          <FilesPanel ticket={ticket} files={files} />
        </RailSection>
      </aside>
      <div className="flex min-w-0 flex-col gap-6 min-[1100px]:col-start-1">
        <Conversation ticket={ticket} files={files} />
        <Composer ticket={ticket} me={me} />
      </div>
    </div>
  );
}

function Header({ ticket }: { ticket: Ticket }) {
  const t = useTranslations('tickets');
  return (
    <header className="min-w-0">
      <Link
        to="/tickets"
        className="-ml-1 inline-flex items-center gap-1 rounded-sm text-sm text-soft hover:text-ink"
      >
        <ChevronLeft aria-hidden className="size-4" />
        {t('detail.backToList')}
      </Link>
      <h1 className="mt-1 text-xl font-semibold tracking-tight break-words">{ticket.subject}</h1>
      <div className="mt-2 flex flex-wrap items-center gap-x-3 gap-y-1.5 text-soft">
        <StatusBadge status={ticket.status} />
        <PriorityMark priority={ticket.priority} quiet />
        <span className="tabular-nums">#{ticket.number}</span>
        <span>
          {t('detail.opened', { name: ticket.requester.name })}{' '}
          <TimeAgo at={ticket.created_at} style="long" />
        </span>
      </div>
    </header>
  );
}

function Loading() {
  const t = useTranslations('common');
  return (
    <div className={FRAME} aria-busy="true">
      <div>
        <span className="sr-only">{t('loading')}</span>
        <Skeleton className="mb-2 h-4 w-16" />
        <Skeleton className="h-7 w-2/3" />
        <Skeleton className="mt-3 h-5 w-1/2" />
        <Skeleton className="mt-6 h-40 rounded-lg" />
      </div>
      <Skeleton className="hidden h-64 rounded-lg min-[1100px]:block" />
    </div>
  );
}
