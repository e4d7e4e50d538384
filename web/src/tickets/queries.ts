import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api, take } from '../api/client.ts';
import { nextPage } from '../api/next-page.ts';
import type { TicketsQuery } from './list-search.ts';

/** The key of everything that is known of tickets. */
export const TICKETS = 'tickets';

/** Lists are looked at again while they are open: others work on them too. */
const LOOK_AGAIN = 30_000;

/** Where one hears of what happens, nobody has to look. */
export const UNTIMED = { refetchInterval: false } as const;

export const ticketsQuery = (query: TicketsQuery) =>
  queryOptions({
    queryKey: [TICKETS, 'list', query],
    queryFn: ({ signal }) => take(api.GET('/api/v1/tickets', { params: { query }, signal })),
    placeholderData: keepPreviousData,
    refetchInterval: LOOK_AGAIN,
  });

export const ticketQuery = (ticket_id: string) =>
  queryOptions({
    queryKey: [TICKETS, ticket_id],
    queryFn: ({ signal }) =>
      take(api.GET('/api/v1/tickets/{ticket_id}', { params: { path: { ticket_id } }, signal })),
    refetchInterval: LOOK_AGAIN,
  });

const REPLIES = 100;

/** What was said, oldest first. */
export const repliesQuery = (ticket_id: string) =>
  infiniteQueryOptions({
    queryKey: [TICKETS, ticket_id, 'replies'],
    queryFn: ({ pageParam: skip, signal }) =>
      take(
        api.GET('/api/v1/tickets/{ticket_id}/replies', {
          params: { path: { ticket_id }, query: { skip, limit: REPLIES } },
          signal,
        }),
      ),
    initialPageParam: 0,
    getNextPageParam: (_, pages) => nextPage(pages),
    refetchInterval: LOOK_AGAIN,
  });

/** Whom tickets can be given to. */
export const staffQuery = queryOptions({
  queryKey: ['people', 'staff'],
  // Without the signal: who leaves the ticket meanwhile needs the same list on the next one.
  queryFn: () =>
    take(api.GET('/api/v1/users', { params: { query: { role: 'staff', enabled: true, limit: 100 } } })),
  staleTime: 300_000,
});
