import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll } from 'vitest';
import type { ClaimUploads } from '../../src/attachments/index.ts';
import { type Db, openDb, openPool } from '../../src/db/open.ts';
import type { Role } from '../../src/db/schema.ts';
import { type Access, createAccess } from '../../src/helpdesk/access.ts';
import type { Caller } from '../../src/helpdesk/caller.ts';
import { createReplies, type Replies } from '../../src/helpdesk/replies.ts';
import type { Ticket } from '../../src/helpdesk/ticket-view.ts';
import { createTickets, type NewTicket, type Tickets } from '../../src/helpdesk/tickets.ts';
import { Refusal } from '../../src/refusals.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

/** A desk on a database of its own, with somebody of every kind. */
export interface Desk {
  db: Db;
  access: Access;
  tickets: Tickets;
  replies: Replies<never>;
  requester: Caller;
  participant: Caller;
  stranger: Caller;
  agent: Caller;
  admin: Caller;
  /** Opens a ticket of the requester with the participant in copy. */
  open(input?: Partial<NewTicket>): Promise<Ticket>;
}

const noUploads: ClaimUploads = async (_trx, { uploadIds }) => {
  if (uploadIds.length > 0) throw new Error('these tests stage nothing');
};

/** Opens the desk before the tests of a file and closes it after them. */
export function useDesk(): Desk {
  const desk = {} as Desk;
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
    Object.assign(desk, await openDesk(database));
  });
  afterAll(async () => {
    await desk.db?.destroy();
    await database?.drop();
  });
  return desk;
}

async function openDesk(database: TestDatabase): Promise<Desk> {
  const db = openDb(
    openPool(database.to, (error) => {
      throw error;
    }),
  );
  const access = createAccess({ db });
  const tickets = createTickets({ db, access, claim: noUploads });
  const replies = createReplies<never>({
    db,
    access,
    claim: noUploads,
    attachmentsOf: async () => new Map(),
  });
  const requester = await addPerson(db, 'customer', 'Rita Requester');
  const participant = await addPerson(db, 'customer', 'Paul Participant');
  return {
    db,
    access,
    tickets,
    replies,
    requester,
    participant,
    stranger: await addPerson(db, 'customer', 'Stan Stranger'),
    agent: await addPerson(db, 'agent', 'Agnes Agent'),
    admin: await addPerson(db, 'admin', 'Ada Admin'),
    open: (input = {}) =>
      tickets.create(requester, {
        subject: 'The printer is on fire',
        description: 'It *burns*.',
        participants: [participant.id],
        ...input,
      }),
  };
}

/** A person with an account, as they call. */
export async function addPerson(db: Db, role: Role, name: string): Promise<Caller> {
  const id = randomUUID();
  await db
    .insertInto('users')
    .values({ id, name, email: `${id}@example.com`, role })
    .execute();
  return { id, name, role, address: '192.0.2.1' };
}

export async function disable(db: Db, { id }: Caller): Promise<void> {
  await db.updateTable('users').set({ disabled_at: new Date() }).where('id', '=', id).execute();
}

/** A row of a file without bytes: enough to decide by. */
export async function addFile(
  db: Db,
  file: { ticketId: string; replyId?: string; internal?: boolean; uploadedBy: string },
): Promise<string> {
  const id = randomUUID();
  await db
    .insertInto('ticket_attachments')
    .values({
      id,
      ticket_id: file.ticketId,
      reply_id: file.replyId ?? null,
      internal: file.internal ?? false,
      file_name: 'log.txt',
      file_path: `tickets/${file.ticketId}/${id}`,
      file_size: 10,
      mime_type: 'text/plain',
      sha256: '0'.repeat(64),
      warnings: '[]',
      storage: 'disk',
      virus_scan_status: 'skipped',
      uploaded_by: file.uploadedBy,
      created_by: file.uploadedBy,
    })
    .execute();
  return id;
}

/** The code of the refusal that `promise` ends in; undefined where it ends well. */
export async function refusalOf(promise: Promise<unknown>): Promise<string | undefined> {
  try {
    await promise;
    return undefined;
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
}
