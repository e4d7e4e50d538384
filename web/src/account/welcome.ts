import { queryOptions, useQuery } from '@tanstack/react-query';
import { api, take } from '../api/client.ts';

const welcomeQuery = queryOptions({
  queryKey: ['welcome'],
  queryFn: () => take(api.GET('/api/v1/welcome')),
  staleTime: 60_000,
});

/** How people get in; undefined until it is known. */
export function useWelcome() {
  return useQuery(welcomeQuery).data;
}

/** The server's own bounds; its word while it has not answered yet. */
export function useLeastPassword(): number {
  return useWelcome()?.password_length.min ?? 10;
}
