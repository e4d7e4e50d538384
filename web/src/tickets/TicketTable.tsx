import { Link } from '@tanstack/react-router';
import { Paperclip } from 'lucide-react';
import type { Ref } from 'react';
import { useTranslations } from 'use-intl';
import type { Ticket } from '../api/client.ts';
import { classes } from '../ui/classes.ts';
import { Skeleton } from '../ui/Skeleton.tsx';
import { TimeAgo } from '../ui/TimeAgo.tsx';
import type { ListSearch } from './list-search.ts';
import { PriorityMark } from './PriorityMark.tsx';
import { SortHeader } from './SortHeader.tsx';
import { StatusBadge } from './StatusBadge.tsx';

interface TicketTableProps {
  title: string;
  tickets: Ticket[];
  /** With what the desk wants to see at a glance. */
  staff: boolean;
  /** Whose ticket it is differs from row to row. */
  assigned: boolean;
  search: ListSearch;
  /** The tickets are those of the address before; the right ones are on their way. */
  stale: boolean;
  ref?: Ref<HTMLTableElement>;
}

const HEAD = 'h-9 border-b border-line px-3 text-left text-xs font-medium text-soft';
const CELL = 'border-b border-line px-3 py-2 align-middle';
const FROM_MD = 'hidden md:table-cell';
const FROM_XL = 'hidden xl:table-cell';
const FROM_2XL = 'hidden 2xl:table-cell';

/** Tickets, a row each; where there is no room, what matters stands beneath the subject. */
export function TicketTable({ title, tickets, staff, assigned, search, stale, ref }: TicketTableProps) {
  const t = useTranslations('tickets');
  return (
    <div className="rounded-lg bg-surface ring-1 ring-line">
      <table
        ref={ref}
        aria-busy={stale}
        className={classes(
          'w-full table-fixed border-separate border-spacing-0 transition-opacity',
          stale && 'opacity-60',
        )}
      >
        <caption className="sr-only">{title}</caption>
        <thead className="sr-only md:not-sr-only md:table-header-group">
          <tr>
            <th scope="col" className={classes(HEAD, 'pl-4')}>
              {t('columns.subject')}
            </th>
            {staff && <th className={classes(HEAD, FROM_MD, 'w-32 xl:w-36')}>{t('columns.requester')}</th>}
            <th className={classes(HEAD, FROM_MD, 'w-24')}>{t('columns.status')}</th>
            {staff && (
              <SortHeader column="priority" search={search} className={classes(HEAD, FROM_MD, 'w-24')}>
                {t('columns.priority')}
              </SortHeader>
            )}
            {assigned && <th className={classes(HEAD, FROM_XL, 'w-36')}>{t('columns.assignee')}</th>}
            <SortHeader
              column="created_at"
              search={search}
              className={classes(HEAD, staff ? FROM_2XL : FROM_XL, 'w-28')}
            >
              {t('columns.age')}
            </SortHeader>
            <SortHeader
              column="updated_at"
              search={search}
              className={classes(HEAD, FROM_MD, 'w-30 xl:w-48')}
            >
              {t('columns.lastReply')}
            </SortHeader>
            <th className={classes(HEAD, FROM_MD, 'w-16 pr-4 text-right')}>{t('columns.files')}</th>
          </tr>
        </thead>
        <tbody>
          {tickets.map((ticket) => (
            <TicketRow key={ticket.id} ticket={ticket} staff={staff} assigned={assigned} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function TicketRow({ ticket, staff, assigned }: { ticket: Ticket; staff: boolean; assigned: boolean }) {
  const t = useTranslations('tickets');
  return (
    <tr className="group relative hover:bg-hover has-[a:focus-visible]:bg-hover [&:last-child>td]:border-b-0">
      <td className={classes(CELL, 'py-2.5 pl-4')}>
        <span className="absolute inset-y-1 left-0 w-0.75 rounded-full bg-accent opacity-0 group-has-[a:focus-visible]:opacity-100" />
        <span className="flex items-baseline gap-2">
          <Link
            to="/tickets/$ticketId"
            params={{ ticketId: ticket.id }}
            data-ticket
            className="line-clamp-2 font-medium break-words outline-offset-4 after:absolute after:inset-0 xl:line-clamp-1 xl:break-all"
          >
            {ticket.subject}
          </Link>
          <span className="shrink-0 text-xs text-faint tabular-nums">#{ticket.number}</span>
        </span>
        <span className="mt-1 flex flex-wrap items-center gap-x-3 gap-y-1 text-sm text-soft md:hidden">
          <StatusBadge status={ticket.status} />
          {staff && <PriorityMark priority={ticket.priority} quiet />}
          {staff && <span className="truncate">{ticket.requester.name}</span>}
          <TimeAgo at={ticket.last_reply?.created_at ?? ticket.created_at} />
          <Files count={ticket.attachment_count} />
        </span>
      </td>
      {staff && <td className={classes(CELL, FROM_MD, 'truncate')}>{ticket.requester.name}</td>}
      <td className={classes(CELL, FROM_MD)}>
        <StatusBadge status={ticket.status} />
      </td>
      {staff && (
        <td className={classes(CELL, FROM_MD)}>
          <PriorityMark priority={ticket.priority} />
        </td>
      )}
      {assigned && (
        <td className={classes(CELL, FROM_XL, 'truncate text-soft')}>
          {ticket.assignee?.name ?? <span className="text-faint">{t('nobody')}</span>}
        </td>
      )}
      <td className={classes(CELL, staff ? FROM_2XL : FROM_XL, 'whitespace-nowrap text-soft tabular-nums')}>
        <TimeAgo at={ticket.created_at} />
      </td>
      <td className={classes(CELL, FROM_MD, 'truncate text-soft tabular-nums')}>
        {ticket.last_reply ? (
          <>
            <TimeAgo at={ticket.last_reply.created_at} />
            <span className="text-faint max-xl:hidden"> · {ticket.last_reply.author.name}</span>
          </>
        ) : (
          <span className="text-faint">{t('noReply')}</span>
        )}
      </td>
      <td className={classes(CELL, FROM_MD, 'pr-4 text-right')}>
        <Files count={ticket.attachment_count} />
      </td>
    </tr>
  );
}

function Files({ count }: { count: number }) {
  const t = useTranslations('tickets');
  if (count === 0) return null;
  return (
    <span className="inline-flex items-center gap-1 text-sm text-soft tabular-nums">
      <Paperclip aria-hidden className="size-3.5" />
      <span aria-hidden>{count}</span>
      <span className="sr-only">{t('filesCount', { count })}</span>
    </span>
  );
}

/** As the table will be, while it is on its way. */
export function TicketTableSkeleton({ staff }: { staff: boolean }) {
  return (
    <div className="rounded-lg bg-surface px-4 ring-1 ring-line">
      {Array.from({ length: 8 }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they are all the same
        <div key={row} className="flex h-11 items-center gap-6 border-b border-line last:border-b-0">
          <Skeleton className="h-4 flex-1" />
          {staff && <Skeleton className="hidden h-4 w-32 md:block" />}
          <Skeleton className="h-5 w-20 rounded-full" />
          <Skeleton className="hidden h-4 w-40 md:block" />
        </div>
      ))}
    </div>
  );
}
