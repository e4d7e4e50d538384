import { sql, type Transaction } from 'kysely';
import { type Actor, audit } from '../attachments/index.ts';
import type { Schema } from '../db/schema.ts';

// A legal hold on a ticket keeps all its files from being purged. Customers see nothing of it, not even a time.

/** Holds a ticket, or gives its hold another reason. The caller holds the ticket's lock. */
export async function setHold(
  trx: Transaction<Schema>,
  by: Actor,
  ticketId: string,
  reason: string,
): Promise<void> {
  await trx
    .updateTable('tickets')
    .set({ held_at: sql<Date>`now()`, held_by: by.id, hold_reason: reason })
    .where('id', '=', ticketId)
    .execute();
  await audit(trx, { event: 'held', by, ticketId, detail: { reason } });
}

/** Nothing to do where there is none. */
export async function endHold(
  trx: Transaction<Schema>,
  by: Actor,
  ticketId: string,
  reason: string,
): Promise<void> {
  const lifted = await trx
    .updateTable('tickets')
    .set({ held_at: null, held_by: null, hold_reason: null })
    .where('id', '=', ticketId)
    .where('held_at', 'is not', null)
    .returning('id')
    .executeTakeFirst();
  if (lifted) await audit(trx, { event: 'hold_lifted', by, ticketId, detail: { reason } });
}
