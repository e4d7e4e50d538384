import type { Db } from '../../db/open.ts';
import { inPages } from '../../db/pages.ts';

/** Which files an operator wants looked at again. */
export type Selection = 'all' | 'unscannable' | { since: Date };

/** How many there are, and one after the other by id; those that come meanwhile are scanned anyway. */
export function selected(db: Db, selection: Selection) {
  const matching = db
    .selectFrom('ticket_attachments')
    .where('purged_at', 'is', null)
    .$if(selection === 'unscannable', (files) => files.where('virus_scan_status', '=', 'unscannable'))
    .$if(typeof selection === 'object', (files) =>
      files.where('created_at', '>=', typeof selection === 'object' ? selection.since : new Date()),
    );

  return {
    async count(): Promise<number> {
      const { files } = await matching
        .select((of) => of.fn.countAll<number>().as('files'))
        .executeTakeFirstOrThrow();
      return files;
    },
    async *ids(): AsyncGenerator<string> {
      const files = matching.select('id');
      const rows = inPages((last, limit) =>
        files.where('id', '>', last).orderBy('id').limit(limit).execute(),
      );
      for await (const { id } of rows) yield id;
    },
  };
}
