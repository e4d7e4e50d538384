import type { QueryClient } from '@tanstack/react-query';

/** Asks for a ticket's first files while its screen is still on its way. Their code is no part of the app's first load. */
export function preloadFiles(queries: QueryClient, ticketId: string): void {
  Promise.all([import('../attachments/index.ts'), import('../api/attachments.ts')]).then(
    ([{ fileListQuery }, { attachmentsOf }]) =>
      queries.prefetchInfiniteQuery(fileListQuery(attachmentsOf(ticketId), ticketId)),
    () => {}, // the screen asks again, and tells
  );
}
