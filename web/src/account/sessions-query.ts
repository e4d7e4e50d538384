import { queryOptions } from '@tanstack/react-query';
import { api, take } from '../api/client.ts';

export const SESSIONS = ['sessions'];

export const sessionsQuery = queryOptions({
  queryKey: SESSIONS,
  queryFn: ({ signal }) => take(api.GET('/api/v1/auth/list-sessions', { signal })),
});
