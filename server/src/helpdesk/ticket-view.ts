import { type ExpressionBuilder, sql } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import type { Db } from '../db/open.ts';
import type { Schema, TicketPriority, TicketStatus } from '../db/schema.ts';
import type { Caller } from './caller.ts';
import { totalsSeenBy } from './visibility.ts';

/** How people appear to others. */
export interface PersonName {
  id: string;
  name: string;
}

/** A ticket as one caller sees it. Times are RFC 3339, UTC. */
export interface Ticket {
  id: string;
  number: number;
  subject: string;
  /** Markdown, as it was written. */
  description: string;
  status: TicketStatus;
  priority: TicketPriority;
  requester: PersonName;
  assignee: PersonName | null;
  /** People in copy, by name. */
  participants: PersonName[];
  /** Live files; those on internal replies count for agents and admins only. */
  attachment_count: number;
  created_at: string;
  updated_at: string;
}

/** Tickets as `caller` sees them, newest first; whoever calls narrows it down to those they may see. */
export function selectTickets(db: Db, caller: Caller) {
  return db
    .selectFrom('tickets')
    .innerJoin('users as requester', 'requester.id', 'tickets.requester_id')
    .leftJoin('users as assignee', 'assignee.id', 'tickets.assignee_id')
    .selectAll('tickets')
    .select(['requester.name as requester_name', 'assignee.name as assignee_name'])
    .select((eb) => [participantsOf(eb), attachmentCount(eb, caller)])
    .orderBy('tickets.created_at', 'desc')
    .orderBy('tickets.id', 'desc');
}

type TicketRow = Awaited<ReturnType<ReturnType<typeof selectTickets>['executeTakeFirstOrThrow']>>;

/** A row of `selectTickets` as the API shows it. */
export function ticketOf(row: TicketRow): Ticket {
  return {
    id: row.id,
    number: row.number,
    subject: row.subject,
    description: row.description,
    status: row.status,
    priority: row.priority,
    requester: { id: row.requester_id, name: row.requester_name },
    assignee: personName(row.assignee_id, row.assignee_name),
    participants: row.participants,
    attachment_count: row.attachment_count,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  };
}

/** From an outer join: both are there, or neither is. */
function personName(id: string | null, name: string | null): PersonName | null {
  return id === null || name === null ? null : { id, name };
}

function participantsOf(eb: ExpressionBuilder<Schema, 'tickets'>) {
  return jsonArrayFrom(
    eb
      .selectFrom('ticket_participants')
      .innerJoin('users', 'users.id', 'ticket_participants.user_id')
      .select(['users.id', 'users.name'])
      .whereRef('ticket_participants.ticket_id', '=', 'tickets.id')
      .orderBy('users.name')
      .orderBy('users.id'),
  ).as('participants');
}

function attachmentCount(eb: ExpressionBuilder<Schema, 'tickets'>, caller: Caller) {
  return eb
    .selectFrom('attachment_totals')
    .select(sql<number>`coalesce(sum(file_count), 0)`.as('files'))
    .whereRef('attachment_totals.ticket_id', '=', 'tickets.id')
    .where((totals) => totalsSeenBy(totals, caller))
    .$asScalar()
    .$notNull()
    .as('attachment_count');
}
