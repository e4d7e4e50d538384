import type { Db } from '../db/open.ts';
import type { Caller } from './caller.ts';
import type { PersonName } from './ticket-view.ts';
import { repliesSeenBy } from './visibility.ts';

/** A reply as one caller sees it. Times are RFC 3339, UTC. */
export interface Reply<Attachment> {
  id: string;
  ticket_id: string;
  author: PersonName;
  /** Markdown, as it was written. */
  body: string;
  /** For agents and admins only. */
  internal: boolean;
  attachments: Attachment[];
  created_at: string;
}

/** A ticket's replies as `caller` sees them, in the order they were written. */
export function selectReplies(db: Db, caller: Caller, ticketId: string) {
  return db
    .selectFrom('ticket_replies')
    .innerJoin('users', 'users.id', 'ticket_replies.author_id')
    .selectAll('ticket_replies')
    .select('users.name as author_name')
    .where('ticket_replies.ticket_id', '=', ticketId)
    .where((eb) => repliesSeenBy(eb, caller))
    .orderBy('ticket_replies.created_at')
    .orderBy('ticket_replies.id');
}

/** How many of a ticket's replies `caller` sees. */
export async function countReplies(db: Db, caller: Caller, ticketId: string): Promise<number> {
  const { total } = await db
    .selectFrom('ticket_replies')
    .select((eb) => eb.fn.countAll<number>().as('total'))
    .where('ticket_id', '=', ticketId)
    .where((eb) => repliesSeenBy(eb, caller))
    .executeTakeFirstOrThrow();
  return total;
}

type ReplyRow = Awaited<ReturnType<ReturnType<typeof selectReplies>['executeTakeFirstOrThrow']>>;

/** A row of `selectReplies` as the API shows it. */
export function replyOf<Attachment>(row: ReplyRow, attachments: Attachment[]): Reply<Attachment> {
  return {
    id: row.id,
    ticket_id: row.ticket_id,
    author: { id: row.author_id, name: row.author_name },
    body: row.body,
    internal: row.internal,
    attachments,
    created_at: row.created_at.toISOString(),
  };
}
