import type { Expression, ExpressionBuilder, SqlBool } from 'kysely';
import type { Schema } from '../db/schema.ts';
import { type Caller, isStaff } from './caller.ts';

// What a caller sees of each table: `whyNot`'s answer to seeing, as conditions for lists and counts.

/** Through the indexes: no plan reads every ticket for one customer. */
export function ticketsSeenBy(eb: ExpressionBuilder<Schema, 'tickets'>, caller: Caller): Expression<SqlBool> {
  if (isStaff(caller)) return eb.lit(true);
  return eb(
    'tickets.id',
    'in',
    eb
      .selectFrom('tickets as opened')
      .select('opened.id')
      .where('opened.requester_id', '=', caller.id)
      .union(
        eb
          .selectFrom('ticket_participants')
          .select('ticket_participants.ticket_id as id')
          .where('ticket_participants.user_id', '=', caller.id),
      ),
  );
}

/** Customers do not see internal replies. */
export function repliesSeenBy(
  eb: ExpressionBuilder<Schema, 'ticket_replies'>,
  caller: Caller,
): Expression<SqlBool> {
  return isStaff(caller) ? eb.lit(true) : eb('ticket_replies.internal', '=', false);
}

/** Nor the files on them. */
export function totalsSeenBy(
  eb: ExpressionBuilder<Schema, 'attachment_totals'>,
  caller: Caller,
): Expression<SqlBool> {
  return isStaff(caller) ? eb.lit(true) : eb('attachment_totals.internal', '=', false);
}
