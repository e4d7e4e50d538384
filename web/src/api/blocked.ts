import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api, take } from './client.ts';

/** The key of what is known of the blocked files of all tickets. */
export const BLOCKED = 'blocked';

/** Lists are looked at again while they are open: others work on them too. */
const LOOK_AGAIN = 30_000;

/** A page of the blocked files of all tickets, the last judged first; for agents and admins. */
export const blockedQuery = (page: { skip: number; limit: number }) =>
  queryOptions({
    queryKey: [BLOCKED, page],
    queryFn: ({ signal }) =>
      take(api.GET('/api/v1/attachments/blocked', { params: { query: page }, signal })),
    placeholderData: keepPreviousData,
    refetchInterval: LOOK_AGAIN,
  });
