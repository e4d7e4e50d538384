import { Type } from 'typebox';
import { TICKET_PRIORITIES, TICKET_STATUSES } from '../db/schema.ts';
import { TICKET_SORTS } from '../helpdesk/ticket-order.ts';
import {
  choice,
  Id,
  idOf,
  idOr,
  LegalHold,
  line,
  listQuery,
  named,
  nullable,
  Person,
  prose,
  reference,
  Timestamp,
} from './schemas.ts';

const Status = choice(TICKET_STATUSES);
const Priority = choice(TICKET_PRIORITIES);

export const TicketParams = Type.Object({ ticket_id: idOf('a ticket') });

export const TicketSchema = named('Ticket', {
  id: Id,
  number: Type.Integer({ description: 'Counts up from 1; how people speak of the ticket.' }),
  subject: Type.String(),
  description: Type.String({ description: 'Markdown (CommonMark), as it was written.' }),
  status: Status,
  priority: Priority,
  requester: Person,
  assignee: nullable(Person),
  participants: Type.Array(Person, { description: 'People in copy, by name.' }),
  attachment_count: Type.Integer({
    description: 'Files that are not deleted. Those on internal replies count for agents and admins only.',
  }),
  last_reply: nullable(
    Type.Object(
      { author: Person, internal: Type.Boolean(), created_at: Timestamp },
      { description: 'Of those the caller sees.' },
    ),
  ),
  legal_hold: LegalHold,
  can: Type.Object(
    {
      reply: Type.Boolean(),
      note: Type.Boolean({ description: 'Write an internal reply.' }),
      attach: Type.Boolean(),
      follow_up: Type.Boolean({ description: 'Mark it solved, and say who is in copy.' }),
      edit: Type.Boolean({ description: 'Change status, priority and assignee.' }),
      hold: Type.Boolean({ description: 'Put it under legal hold, and lift that.' }),
    },
    { description: 'What the caller may do with it now.' },
  ),
  created_at: Timestamp,
  updated_at: Timestamp,
});

const Participants = Type.Array(reference, {
  maxItems: 50,
  uniqueItems: true,
  description: 'User ids of people in copy. They read and reply, and attach nothing.',
});

/** `upload_ids` of whatever claims staged uploads. */
export const UploadIds = Type.Array(reference, {
  maxItems: 100,
  description: 'Staged uploads of yours to put on it: all of them, or nothing is created.',
});

export const NewTicketBody = Type.Object(
  {
    subject: line(255),
    description: prose(65_536),
    priority: Type.Optional(Priority),
    requester_id: Type.Optional(reference),
    assignee_id: Type.Optional(reference),
    participants: Type.Optional(Participants),
    upload_ids: Type.Optional(UploadIds),
  },
  { additionalProperties: false },
);

export const TicketChangesBody = Type.Object(
  {
    status: Type.Optional(Status),
    priority: Type.Optional(Priority),
    assignee_id: Type.Optional(nullable(reference)),
    participants: Type.Optional(Participants),
  },
  { additionalProperties: false, minProperties: 1 },
);

export const TicketQuery = listQuery({
  status: Type.Optional({
    ...choice([...TICKET_STATUSES, 'unsolved']),
    description: 'Only tickets of this status; `unsolved`: open or pending.',
  }),
  assignee: Type.Optional({ ...idOr('me', 'none'), description: 'A user id, `me` or `none`.' }),
  requester: Type.Optional({ ...idOr('me'), description: 'A user id, or `me`.' }),
  search: Type.Optional({
    ...line(255),
    description: 'Part of the subject or of the requester’s name, in any case; or the number.',
  }),
  sort: Type.Optional({
    ...choice(TICKET_SORTS),
    description: 'With a minus the latest, or most urgent, first. Not given: `-created_at`.',
  }),
});
