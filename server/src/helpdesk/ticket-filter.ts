import type { Expression, ExpressionBuilder, SqlBool } from 'kysely';
import type { Schema, TicketStatus } from '../db/schema.ts';
import type { Caller } from './caller.ts';

/** Which tickets a list shows; what is absent does not narrow it. */
export interface TicketFilter {
  status?: TicketStatus;
  /** Their id; `me`: the caller; `none`: nobody has it. */
  assignee?: string;
  /** Their id; `me`: the caller. */
  requester?: string;
  /** What the subject contains, in any case. */
  search?: string;
}

/** The filter as a condition on tickets. */
export function matching(
  eb: ExpressionBuilder<Schema, 'tickets'>,
  caller: Caller,
  { status, assignee, requester, search }: TicketFilter,
): Expression<SqlBool> {
  const conditions: Expression<SqlBool>[] = [];
  if (status) conditions.push(eb('tickets.status', '=', status));
  if (assignee === 'none') conditions.push(eb('tickets.assignee_id', 'is', null));
  else if (assignee) conditions.push(eb('tickets.assignee_id', '=', idOf(assignee, caller)));
  if (requester) conditions.push(eb('tickets.requester_id', '=', idOf(requester, caller)));
  if (search) conditions.push(eb('tickets.subject', 'ilike', `%${literal(search)}%`));
  return eb.and(conditions);
}

function idOf(person: string, caller: Caller): string {
  return person === 'me' ? caller.id : person;
}

/** Text as a LIKE pattern that matches itself. */
function literal(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}
