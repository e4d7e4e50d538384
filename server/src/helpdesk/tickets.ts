import { type ExpressionBuilder, sql, type Transaction } from 'kysely';
import { v7 as newId } from 'uuid';
import type { ClaimUploads } from '../attachments/index.ts';
import { type IdempotencyKey, once } from '../db/idempotency.ts';
import type { Db } from '../db/open.ts';
import type { Page, PageOf } from '../db/page.ts';
import type { Schema, TicketPriority } from '../db/schema.ts';
import type { Access } from './access.ts';
import type { Caller } from './caller.ts';
import { endHold, setHold } from './legal-hold.ts';
import { requireAssignee, requirePeople } from './named-people.ts';
import { setParticipants } from './participants.ts';
import type { TicketChanges } from './permissions.ts';
import { matching, type TicketFilter } from './ticket-filter.ts';
import { orderOf, type TicketSort } from './ticket-order.ts';
import { selectTickets, type Ticket, ticketOf } from './ticket-view.ts';
import { ticketsSeenBy } from './visibility.ts';

export interface NewTicket {
  subject: string;
  /** Markdown, kept as it is. */
  description: string;
  priority?: TicketPriority;
  /** Whom it is for; the caller without it. */
  requester_id?: string;
  assignee_id?: string;
  participants?: string[];
  /** Staged uploads of the caller, which become the ticket's files: all of them, or there is no ticket. */
  upload_ids?: string[];
}

export type Tickets = ReturnType<typeof createTickets>;

/** Tickets: open, read, change, list. Every function asks access first and throws its refusal. */
export function createTickets({ db, access, claim }: { db: Db; access: Access; claim: ClaimUploads }) {
  /** Opens a ticket with its files, once for each key. */
  async function create(caller: Caller, input: NewTicket, key?: IdempotencyKey): Promise<Ticket> {
    const requesterId = input.requester_id ?? caller.id;
    return db.transaction().execute((trx) =>
      once(trx, key, async () => {
        await access.toOpenTicket(trx, caller, { requesterId, assigned: input.assignee_id !== undefined });
        if (requesterId !== caller.id) await requirePeople(trx, [requesterId]);
        if (input.assignee_id !== undefined) await requireAssignee(trx, input.assignee_id);
        const id = await insert(trx, requesterId, input);
        await setParticipants(trx, id, input.participants ?? []);
        await claim(trx, {
          owner: caller,
          uploadIds: input.upload_ids ?? [],
          ticketId: id,
          replyId: null,
          internal: false,
        });
        return read(trx, caller, id);
      }),
    );
  }

  /** One ticket. */
  async function get(caller: Caller, id: string): Promise<Ticket> {
    await access.toSeeTicket(caller, id);
    return read(db, caller, id);
  }

  /** Changes what is given, and nothing else; resolves to the ticket as it is then. */
  async function change(caller: Caller, id: string, changes: TicketChanges): Promise<Ticket> {
    return db.transaction().execute(async (trx) => {
      await access.toChangeTicket(trx, caller, id, changes);
      const { participants, ...columns } = changes;
      if (changes.assignee_id) await requireNewAssignee(trx, id, changes.assignee_id);
      if (participants) await setParticipants(trx, id, participants);
      await trx
        .updateTable('tickets')
        .set({ ...columns, updated_at: sql<Date>`clock_timestamp()` })
        .where('id', '=', id)
        .execute();
      return read(trx, caller, id);
    });
  }

  /** Keeps all files of the ticket from being purged. */
  function hold(caller: Caller, id: string, reason: string): Promise<Ticket> {
    return db.transaction().execute(async (trx) => {
      await access.toHoldTicket(trx, caller, id);
      await setHold(trx, caller, id, reason);
      return read(trx, caller, id);
    });
  }

  async function liftHold(caller: Caller, id: string, reason: string): Promise<Ticket> {
    return db.transaction().execute(async (trx) => {
      await access.toHoldTicket(trx, caller, id);
      await endHold(trx, caller, id, reason);
      return read(trx, caller, id);
    });
  }

  /** The tickets the caller sees, newest first unless sorted otherwise. */
  async function list(
    caller: Caller,
    { sort = '-created_at', ...filter }: TicketFilter & { sort?: TicketSort },
    page: Page,
  ): Promise<PageOf<Ticket>> {
    const wanted = (eb: ExpressionBuilder<Schema, 'tickets'>) =>
      eb.and([ticketsSeenBy(eb, caller), matching(eb, caller, filter)]);
    const { total } = await db
      .selectFrom('tickets')
      .select((eb) => eb.fn.countAll<number>().as('total'))
      .where(wanted)
      .executeTakeFirstOrThrow();
    const { key, direction } = orderOf(sort);
    // The page is chosen first: what is skipped needs no names, people in copy and counts.
    const chosen = db
      .selectFrom('tickets')
      .select('tickets.id')
      .where(wanted)
      .orderBy(key, direction)
      .orderBy('tickets.id', direction)
      .offset(page.skip)
      .limit(page.limit);
    const rows = await selectTickets(db, caller)
      .where('tickets.id', 'in', chosen)
      .orderBy(key, direction)
      .orderBy('tickets.id', direction)
      .execute();
    return { data: rows.map((row) => ticketOf(row, caller)), total, ...page };
  }

  return { create, get, change, hold, liftHold, list };
}

async function insert(
  trx: Transaction<Schema>,
  requesterId: string,
  { subject, description, priority, assignee_id }: NewTicket,
): Promise<string> {
  const id = newId();
  await trx
    .insertInto('tickets')
    .values({
      id,
      subject,
      description,
      requester_id: requesterId,
      assignee_id: assignee_id ?? null,
      ...(priority && { priority }),
    })
    .execute();
  return id;
}

/** Whoever has the ticket may keep it. */
async function requireNewAssignee(trx: Transaction<Schema>, ticketId: string, userId: string): Promise<void> {
  const { assignee_id } = await trx
    .selectFrom('tickets')
    .select('assignee_id')
    .where('id', '=', ticketId)
    .executeTakeFirstOrThrow();
  if (assignee_id !== userId) await requireAssignee(trx, userId);
}

async function read(db: Db, caller: Caller, id: string): Promise<Ticket> {
  const row = await selectTickets(db, caller).where('tickets.id', '=', id).executeTakeFirstOrThrow();
  return ticketOf(row, caller);
}
