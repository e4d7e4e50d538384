import { useEffect } from 'react';

interface Page {
  data: unknown[];
  total: number;
  limit: number;
}

/** A page after the last, as when others have dealt with what was on it. */
export function isPastEnd(page: Page | undefined): boolean {
  return page !== undefined && page.data.length === 0 && page.total > 0;
}

/** Leads from there to the last page there is. */
export function useLastPage(page: Page | undefined, goTo: (page: string | undefined) => void): void {
  const last = page && isPastEnd(page) ? Math.ceil(page.total / page.limit) : null;
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each page that is past the end
  useEffect(() => {
    if (last !== null) goTo(last === 1 ? undefined : String(last));
  }, [last]);
}
