import { type ExpressionBuilder, sql } from 'kysely';
import { jsonArrayFrom, jsonObjectFrom } from 'kysely/helpers/postgres';
import type { Db } from '../db/open.ts';
import type { Schema, TicketPriority, TicketStatus } from '../db/schema.ts';
import { type Caller, isStaff } from './caller.ts';
import { canOnTicket, type TicketCapabilities } from './permissions.ts';
import { repliesSeenBy, totalsSeenBy } from './visibility.ts';

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
  /** The last reply that the caller sees; null where there is none. */
  last_reply: { author: PersonName; internal: boolean; created_at: string } | null;
  /** Who keeps its files from being purged, and why; null also for customers. */
  legal_hold: { at: string; by: PersonName; reason: string } | null;
  /** What the caller may do with it now. */
  can: TicketCapabilities;
  created_at: string;
  updated_at: string;
}

/** Tickets as `caller` sees them; whoever calls narrows it down to those they may see. */
export function selectTickets(db: Db, caller: Caller) {
  return db
    .selectFrom('tickets')
    .innerJoin('users as requester', 'requester.id', 'tickets.requester_id')
    .leftJoin('users as assignee', 'assignee.id', 'tickets.assignee_id')
    .leftJoin('users as holder', 'holder.id', 'tickets.held_by')
    .selectAll('tickets')
    .select(['requester.name as requester_name', 'assignee.name as assignee_name'])
    .select('holder.name as holder_name')
    .select((eb) => [participantsOf(eb), attachmentCount(eb, caller), lastReply(eb, caller)]);
}

type TicketRow = Awaited<ReturnType<ReturnType<typeof selectTickets>['executeTakeFirstOrThrow']>>;

/** A row of `selectTickets` as the API shows it. */
export function ticketOf(row: TicketRow, caller: Caller): Ticket {
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
    last_reply: row.last_reply && {
      author: { id: row.last_reply.author_id, name: row.last_reply.author_name },
      internal: row.last_reply.internal,
      created_at: new Date(row.last_reply.created_at).toISOString(),
    },
    legal_hold: isStaff(caller) ? legalHoldOf(row) : null,
    can: canOnTicket(caller, {
      requesterId: row.requester_id,
      status: row.status,
      takesPart: row.participants.some(({ id }) => id === caller.id),
    }),
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  };
}

function legalHoldOf({ held_at, held_by, holder_name, hold_reason }: TicketRow): Ticket['legal_hold'] {
  const by = personName(held_by, holder_name);
  return held_at && by && { at: held_at.toISOString(), by, reason: hold_reason ?? '' };
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

function lastReply(eb: ExpressionBuilder<Schema, 'tickets'>, caller: Caller) {
  return jsonObjectFrom(
    eb
      .selectFrom('ticket_replies')
      .innerJoin('users', 'users.id', 'ticket_replies.author_id')
      .select(['ticket_replies.author_id', 'users.name as author_name'])
      .select(['ticket_replies.internal', 'ticket_replies.created_at'])
      .whereRef('ticket_replies.ticket_id', '=', 'tickets.id')
      .where((replies) => repliesSeenBy(replies, caller))
      .orderBy('ticket_replies.created_at', 'desc')
      .orderBy('ticket_replies.id', 'desc')
      .limit(1),
  ).as('last_reply');
}
