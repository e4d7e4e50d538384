import { queryOptions } from '@tanstack/react-query';
import type { AttachmentsApi } from './api.ts';

/** What may be sent here, and whether it is scanned. An admin may change it at any time, and seldom does. */
export const policyQuery = (api: Pick<AttachmentsApi, 'policy'>) =>
  queryOptions({
    queryKey: ['attachments', 'policy'],
    queryFn: api.policy,
    staleTime: 60_000,
  });
