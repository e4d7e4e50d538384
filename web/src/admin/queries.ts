import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api, take } from '../api/client.ts';

export const PEOPLE = 'people';
export const PAGE_SIZE = 50;

export const peopleQuery = (q: string | undefined, page: number) =>
  queryOptions({
    queryKey: [PEOPLE, 'list', q ?? '', page],
    queryFn: ({ signal }) =>
      take(
        api.GET('/api/v1/users', {
          params: { query: { ...(q && { q }), skip: (page - 1) * PAGE_SIZE, limit: PAGE_SIZE } },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
  });
