const PAGE = 500;

/**
 * Rows by their id, page after page: however many there are, memory holds one page. A page is read when the one before
 * has been dealt with, so that what is removed on the way does not matter.
 */
export async function* inPages<Row extends { id: string }>(
  pageAfter: (id: string, limit: number) => Promise<Row[]>,
  after = '',
): AsyncGenerator<Row> {
  let last = after;
  for (;;) {
    const rows = await pageAfter(last, PAGE);
    yield* rows;
    last = rows.at(-1)?.id ?? last;
    if (rows.length < PAGE) return;
  }
}
