/**
 * How many to skip for the page after these; null after the last. By what is known, since answers in hand come into
 * pages and go out of them.
 */
export function nextPage(pages: { data: unknown[]; total: number }[]): number | null {
  const known = pages.reduce((sum, { data }) => sum + data.length, 0);
  return known < (pages.at(-1)?.total ?? 0) ? known : null;
}
