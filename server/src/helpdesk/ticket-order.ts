import { type OrderByDirection, type RawBuilder, sql } from 'kysely';
import { TICKET_PRIORITIES } from '../db/schema.ts';

/** What a list of tickets is sorted by; with a minus the latest, or most urgent, comes first. */
export const TICKET_SORTS = [
  '-created_at',
  'created_at',
  '-updated_at',
  'updated_at',
  '-priority',
  'priority',
] as const;
export type TicketSort = (typeof TICKET_SORTS)[number];

const KEYS: Record<string, RawBuilder<unknown>> = {
  created_at: sql`tickets.created_at`,
  updated_at: sql`tickets.updated_at`,
  priority: sql`array_position(ARRAY[${sql.join(TICKET_PRIORITIES)}]::text[], tickets.priority::text)`,
};

/** The key and the direction of a sort; equals go by their ids, which are in the order of time. */
export function orderOf(sort: TicketSort): { key: RawBuilder<unknown>; direction: OrderByDirection } {
  const key = KEYS[sort.replace('-', '')];
  if (!key) throw new Error(`nothing sorts by ${sort}`);
  return { key, direction: sort.startsWith('-') ? 'desc' : 'asc' };
}
