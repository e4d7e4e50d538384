import type { Expression, ExpressionBuilder, SqlBool } from 'kysely';
import type { Schema, TicketStatus } from '../db/schema.ts';
import type { Caller } from './caller.ts';

/** Which tickets a list shows; what is absent does not narrow it. */
export interface TicketFilter {
  /** `unsolved`: open or pending. */
  status?: TicketStatus | 'unsolved';
  /** Their id; `me`: the caller; `none`: nobody has it. */
  assignee?: string;
  /** Their id; `me`: the caller. */
  requester?: string;
  /** What the subject or the requester's name contains, in any case; or the number, with or without `#`. */
  search?: string;
}

/** The filter as a condition on tickets. */
export function matching(
  eb: ExpressionBuilder<Schema, 'tickets'>,
  caller: Caller,
  { status, assignee, requester, search }: TicketFilter,
): Expression<SqlBool> {
  const conditions: Expression<SqlBool>[] = [];
  if (status === 'unsolved') conditions.push(eb('tickets.status', 'in', ['open', 'pending']));
  else if (status) conditions.push(eb('tickets.status', '=', status));
  if (assignee === 'none') conditions.push(eb('tickets.assignee_id', 'is', null));
  else if (assignee) conditions.push(eb('tickets.assignee_id', '=', idOf(assignee, caller)));
  if (requester) conditions.push(eb('tickets.requester_id', '=', idOf(requester, caller)));
  if (search) conditions.push(found(eb, search));
  return eb.and(conditions);
}

function found(eb: ExpressionBuilder<Schema, 'tickets'>, search: string): Expression<SqlBool> {
  const pattern = `%${literal(search)}%`;
  const named = eb.selectFrom('users').select('users.id').where('users.name', 'ilike', pattern);
  const number = /^\s*#?(\d{1,9})\s*$/.exec(search)?.[1];
  return eb.or([
    eb('tickets.subject', 'ilike', pattern),
    eb('tickets.requester_id', 'in', named),
    ...(number ? [eb('tickets.number', '=', Number(number))] : []),
  ]);
}

function idOf(person: string, caller: Caller): string {
  return person === 'me' ? caller.id : person;
}

/** Text as a LIKE pattern that matches itself. */
function literal(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}
