import { sql, type Transaction } from 'kysely';
import { v7 as newId } from 'uuid';
import type { ClaimUploads } from '../attachments/index.ts';
import { type IdempotencyKey, once } from '../db/idempotency.ts';
import type { Db } from '../db/open.ts';
import type { Page, PageOf } from '../db/page.ts';
import type { Schema, TicketStatus } from '../db/schema.ts';
import { Refusal } from '../refusals.ts';
import type { Access } from './access.ts';
import { type Caller, isStaff } from './caller.ts';
import { countReplies, type Reply, replyOf, selectReplies } from './reply-view.ts';

export interface NewReply {
  /** Markdown, kept as it is. May be blank where files come with it. */
  body: string;
  internal?: boolean;
  /** Staged uploads of the caller, which become the reply's files: all of them, or there is no reply. */
  upload_ids?: string[];
}

/** The live files of these replies, by reply, as `caller` sees them. `db` is a transaction where one is open. */
export type AttachmentsOf<Attachment> = (
  db: Db,
  caller: Caller,
  replyIds: string[],
) => Promise<Map<string, Attachment[]>>;

export type Replies<Attachment> = ReturnType<typeof createReplies<Attachment>>;

/** Replies: write, list. Every function asks access first and throws its refusal. */
export function createReplies<Attachment>({
  db,
  access,
  claim,
  attachmentsOf,
}: {
  db: Db;
  access: Access;
  claim: ClaimUploads;
  attachmentsOf: AttachmentsOf<Attachment>;
}) {
  /** Writes a reply with its files, once for each key. A customer's reply opens a pending or solved ticket again. */
  async function create(
    caller: Caller,
    ticketId: string,
    { body, internal = false, upload_ids: uploadIds = [] }: NewReply,
    key?: IdempotencyKey,
  ): Promise<Reply<Attachment>> {
    const attaching = uploadIds.length > 0;
    if (!attaching && body.trim() === '') {
      throw new Refusal('request_invalid', {
        actual: 'body/body must have text where no files come with it',
      });
    }
    return db.transaction().execute((trx) =>
      once(trx, key, async () => {
        const { ticket } = await access.toReply(trx, caller, ticketId, { internal, attaching });
        const id = await insert(trx, caller, ticketId, { body, internal });
        await claim(trx, { owner: caller, uploadIds, ticketId, replyId: id, internal });
        if (!internal) await answered(trx, ticketId, statusAfterReply(caller, ticket));
        return read(trx, caller, ticketId, id);
      }),
    );
  }

  /** The replies the caller sees, in the order they were written. */
  async function list(caller: Caller, ticketId: string, page: Page): Promise<PageOf<Reply<Attachment>>> {
    await access.toSeeTicket(caller, ticketId);
    const total = await countReplies(db, caller, ticketId);
    const rows = await selectReplies(db, caller, ticketId).offset(page.skip).limit(page.limit).execute();
    const files = await attachmentsOf(
      db,
      caller,
      rows.map((row) => row.id),
    );
    return { data: rows.map((row) => replyOf(row, files.get(row.id) ?? [])), total, ...page };
  }

  async function read(trx: Db, caller: Caller, ticketId: string, id: string): Promise<Reply<Attachment>> {
    const row = await selectReplies(trx, caller, ticketId)
      .where('ticket_replies.id', '=', id)
      .executeTakeFirstOrThrow();
    const files = await attachmentsOf(trx, caller, [id]);
    return replyOf(row, files.get(id) ?? []);
  }

  return { create, list };
}

/** A word from the customer's side, or from whoever asked, puts the ticket back on the desk. */
export function statusAfterReply(
  author: Pick<Caller, 'id' | 'role'>,
  ticket: { status: TicketStatus; requesterId: string },
): TicketStatus {
  const asks = !isStaff(author) || author.id === ticket.requesterId;
  return asks && (ticket.status === 'pending' || ticket.status === 'solved') ? 'open' : ticket.status;
}

/** The ticket is locked, so by this clock replies are in the order in which they commit. */
const now = sql<Date>`clock_timestamp()`;

async function insert(
  trx: Transaction<Schema>,
  author: Caller,
  ticketId: string,
  { body, internal }: { body: string; internal: boolean },
): Promise<string> {
  const id = newId();
  await trx
    .insertInto('ticket_replies')
    .values({ id, ticket_id: ticketId, author_id: author.id, body, internal, created_at: now })
    .execute();
  return id;
}

/** What is internal leaves no trace for customers, not even a time: this is for what they see. */
async function answered(trx: Transaction<Schema>, ticketId: string, status: TicketStatus): Promise<void> {
  await trx.updateTable('tickets').set({ status, updated_at: now }).where('id', '=', ticketId).execute();
}
