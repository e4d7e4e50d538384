import type { Parts } from '../parts.ts';
import { quarantine } from '../scan/quarantine.ts';
import { forEach } from './each.ts';

/** Puts away infected files whose move was cut short. Resolves to how many. */
export async function quarantineAll(parts: Pick<Parts, 'db' | 'stores' | 'log'>): Promise<number> {
  const { db, log } = parts;
  const rows = await db
    .selectFrom('ticket_attachments')
    .select('id')
    .where('virus_scan_status', '=', 'infected')
    .where('purged_at', 'is', null)
    .unionAll(
      db
        .selectFrom('uploads')
        .select('id')
        .where('virus_scan_status', '=', 'infected')
        .where('state', '=', 'ready'),
    )
    .execute();
  return forEach(rows, log, ({ id }) => quarantine(parts, id));
}
