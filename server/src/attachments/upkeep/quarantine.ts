import type { Db } from '../../db/open.ts';
import { inPages } from '../../db/pages.ts';
import type { Parts } from '../parts.ts';
import { quarantine } from '../scan/quarantine.ts';
import { forEach } from './each.ts';

/** Puts away infected files whose move was cut short. Resolves to how many. */
export async function quarantineAll(parts: Pick<Parts, 'db' | 'stores' | 'log'>): Promise<number> {
  const { db, log } = parts;
  return forEach(infectedFiles(db), log, ({ id }) => quarantine(parts, id));
}

/** Those that are not put away yet. */
export function infectedFiles(db: Db) {
  const infected = db
    .selectFrom('ticket_attachments')
    .select(['id', 'file_size'])
    .where('virus_scan_status', '=', 'infected')
    .where('purged_at', 'is', null)
    .$castTo<{ id: string; file_size: number | null }>()
    .unionAll(
      db
        .selectFrom('uploads')
        .select(['id', 'file_size'])
        .where('virus_scan_status', '=', 'infected')
        .where('state', '=', 'ready'),
    );
  const files = db.selectFrom(infected.as('infected')).selectAll();
  return inPages((last, limit) => files.where('id', '>', last).orderBy('id').limit(limit).execute());
}
