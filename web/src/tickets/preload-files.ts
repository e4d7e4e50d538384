import type { QueryClient } from '@tanstack/react-query';
import { attachmentsOf } from '../api/attachments.ts';

/** Asks for a ticket's first files while its screen is still on its way. Their code is no part of the app's first load. */
export function preloadFiles(queries: QueryClient, ticketId: string): void {
  import('../attachments/index.ts').then(
    ({ fileListQuery }) => queries.prefetchInfiniteQuery(fileListQuery(attachmentsOf(ticketId), ticketId)),
    () => {}, // the screen asks again, and tells
  );
}
