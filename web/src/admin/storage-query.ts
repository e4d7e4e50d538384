import { queryOptions } from '@tanstack/react-query';
import { api, take } from '../api/client.ts';

/** As it was when the screen was opened: what others set meanwhile is told when one saves. */
export const storageQuery = queryOptions({
  queryKey: ['storage config'],
  queryFn: ({ signal }) => take(api.GET('/api/v1/admin/storage-config', { signal })),
  staleTime: Number.POSITIVE_INFINITY,
  gcTime: 0,
});
