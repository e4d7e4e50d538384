import type { Transaction } from 'kysely';
import type { Schema } from '../db/schema.ts';
import { requirePeople } from './named-people.ts';

/**
 * Puts exactly these people in copy. Throws `user_not_found` for a newcomer who is not there or disabled; whoever
 * was in copy already may stay. The caller holds the ticket's lock.
 */
export async function setParticipants(
  trx: Transaction<Schema>,
  ticketId: string,
  userIds: string[],
): Promise<void> {
  const before = await participantsOf(trx, ticketId);
  const added = userIds.filter((id) => !before.includes(id));
  const removed = before.filter((id) => !userIds.includes(id));
  await requirePeople(trx, added);
  if (removed.length > 0) {
    await trx
      .deleteFrom('ticket_participants')
      .where('ticket_id', '=', ticketId)
      .where('user_id', 'in', removed)
      .execute();
  }
  if (added.length > 0) {
    const rows = added.map((user_id) => ({ ticket_id: ticketId, user_id }));
    await trx.insertInto('ticket_participants').values(rows).execute();
  }
}

async function participantsOf(trx: Transaction<Schema>, ticketId: string): Promise<string[]> {
  const rows = await trx
    .selectFrom('ticket_participants')
    .select('user_id')
    .where('ticket_id', '=', ticketId)
    .execute();
  return rows.map((row) => row.user_id);
}
