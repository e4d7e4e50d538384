import type { Transaction } from 'kysely';
import { locateAttachment } from '../attachments/index.ts';
import type { Db } from '../db/open.ts';
import type { Schema } from '../db/schema.ts';
import { isStaff } from './caller.ts';
import type { Person, ReplyFacts, Target, TicketFacts } from './permissions.ts';

/** What somebody asks to act on: a ticket or a reply of it, or a file. */
export type Asked = { ticketId: string; replyId?: string | undefined } | { attachmentId: string };

/** How the ticket is held until the transaction ends: `share` keeps it as it is, `change` is for one at a time. */
export type Lock = 'share' | 'change';

type Asker = Pick<Person, 'id' | 'role'>;

/** Looks up what `whyNot` decides by. With a lock, `db` is the transaction that acts. */
export async function factsOf(db: Db, person: Asker, asked: Asked, lock?: Lock): Promise<Target> {
  if ('ticketId' in asked) return onTicket(db, person, asked.ticketId, asked.replyId, lock);
  const file = await locateAttachment(db, asked.attachmentId);
  if (!file) return { ticket: null, file: null };
  const target = await onTicket(db, person, file.ticket_id, file.reply_id ?? undefined, lock);
  return {
    ...target,
    file: { uploadedBy: file.uploaded_by, internal: file.internal, deleted: file.deleted_at !== null },
  };
}

/** The person as they are now, kept so until the transaction ends: whoever disables them waits for it. */
export async function lockPerson(trx: Transaction<Schema>, id: string): Promise<Person> {
  const row = await trx
    .selectFrom('users')
    .select(['id', 'role', 'disabled_at'])
    .where('id', '=', id)
    .forShare()
    .executeTakeFirstOrThrow();
  return { id: row.id, role: row.role, disabled: row.disabled_at !== null };
}

async function onTicket(
  db: Db,
  person: Asker,
  ticketId: string,
  replyId: string | undefined,
  lock: Lock | undefined,
): Promise<Target> {
  const ticket = await ticketFacts(db, person, ticketId, lock);
  if (!ticket || replyId === undefined) return { ticket };
  return { ticket, reply: await replyFacts(db, ticketId, replyId) };
}

/**
 * Who is in copy is read after the ticket is locked: whoever changes it has committed by then. It decides nothing for
 * the desk and the requester, who see the ticket anyway: for them it is not asked.
 */
async function ticketFacts(
  db: Db,
  person: Asker,
  ticketId: string,
  lock: Lock | undefined,
): Promise<TicketFacts | null> {
  const row = await db
    .selectFrom('tickets')
    .select(['requester_id', 'status'])
    .where('id', '=', ticketId)
    .$if(lock === 'share', (query) => query.forShare())
    .$if(lock === 'change', (query) => query.forNoKeyUpdate())
    .executeTakeFirst();
  if (!row) return null;
  const { requester_id: requesterId, status } = row;
  if (isStaff(person) || requesterId === person.id) return { requesterId, status, takesPart: false };
  const inCopy = await db
    .selectFrom('ticket_participants')
    .select('user_id')
    .where('ticket_id', '=', ticketId)
    .where('user_id', '=', person.id)
    .executeTakeFirst();
  return { requesterId, status, takesPart: inCopy !== undefined };
}

async function replyFacts(db: Db, ticketId: string, replyId: string): Promise<ReplyFacts | null> {
  const row = await db
    .selectFrom('ticket_replies')
    .select(['author_id', 'internal'])
    .where('id', '=', replyId)
    .where('ticket_id', '=', ticketId)
    .executeTakeFirst();
  return row ? { authorId: row.author_id, internal: row.internal } : null;
}
