import { useQuery } from '@tanstack/react-query';
import { Link, useMatchRoute, useSearch } from '@tanstack/react-router';
import { CircleCheck, CircleDashed, Inbox, ShieldAlert, Tickets, UserRound } from 'lucide-react';
import { useFormatter, useTranslations } from 'use-intl';
import { blockedQuery } from '../api/blocked.ts';
import type { Me } from '../api/client.ts';
import { isStaff } from '../app/session.ts';
import { NAV_LINK } from '../ui/nav-link.ts';
import { countQueryOf, VIEWS, type View, viewOf } from './list-search.ts';
import { ticketsQuery } from './queries.ts';

const SIGNS: Record<View, typeof Inbox> = {
  unassigned: CircleDashed,
  mine: UserRound,
  open: Inbox,
  solved: CircleCheck,
};

/** The links to the lists of tickets. */
export function TicketViews({ me }: { me: Me }) {
  const t = useTranslations('tickets');
  const verdicts = useTranslations('verdicts');
  const onList = Boolean(useMatchRoute()({ to: '/tickets' }));
  const search = useSearch({ strict: false });
  const here = onList ? viewOf(me, search) : undefined;
  if (!isStaff(me)) {
    return (
      <Link
        to="/tickets"
        search={{}}
        activeOptions={{ exact: true, includeSearch: false }}
        className={NAV_LINK}
      >
        <Tickets aria-hidden />
        {t('views.customer')}
      </Link>
    );
  }
  const views = VIEWS.map((view) => {
    const Sign = SIGNS[view];
    return (
      <Link
        key={view}
        to="/tickets"
        search={{ view }}
        className={NAV_LINK}
        activeProps={{ 'aria-current': here === view ? 'page' : undefined }}
        inactiveProps={{ 'aria-current': here === view ? 'page' : undefined }}
      >
        <Sign aria-hidden />
        <span className="flex-1">{t(`views.${view}`)}</span>
        {view !== 'solved' && <Count view={view} />}
      </Link>
    );
  });
  return (
    <>
      {views}
      <Link to="/blocked" search={{}} activeOptions={{ includeSearch: false }} className={NAV_LINK}>
        <ShieldAlert aria-hidden />
        <span className="flex-1">{verdicts('view.title')}</span>
        <BlockedCount />
      </Link>
    </>
  );
}

function Count({ view }: { view: View }) {
  const { data } = useQuery(ticketsQuery(countQueryOf(view)));
  return <HowMany count={data?.total} />;
}

function BlockedCount() {
  const { data } = useQuery(blockedQuery({ skip: 0, limit: 1 }));
  return <HowMany count={data?.total} />;
}

/** Of nothing, nothing is said. */
function HowMany({ count }: { count: number | undefined }) {
  const format = useFormatter();
  if (!count) return null;
  return <span className="text-xs text-faint tabular-nums">{format.number(count)}</span>;
}
