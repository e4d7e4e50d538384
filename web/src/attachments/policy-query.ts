import { queryOptions } from '@tanstack/react-query';
import type { AttachmentsApi } from './api.ts';

/** What may be sent here, and whether it is scanned: asked once for as long as the page is open. */
export const policyQuery = (api: Pick<AttachmentsApi, 'policy'>) =>
  queryOptions({
    queryKey: ['attachments', 'policy'],
    queryFn: api.policy,
    staleTime: Number.POSITIVE_INFINITY,
  });
