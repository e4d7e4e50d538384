import { randomBytes } from 'node:crypto';
import type { Attachments } from '../attachments/index.ts';
import type { Db } from '../db/open.ts';
import type { Role } from '../db/schema.ts';
import { Refusal } from '../refusals.ts';
import type { Access } from './access.ts';
import type { Accounts } from './accounts.ts';
import type { Caller } from './caller.ts';
import { attach } from './demo/attach.ts';
import { moveIntoPast } from './demo/past.ts';
import { CAST, STORIES, type Story, type Who } from './demo/script.ts';
import type { Replies } from './replies.ts';
import type { Tickets } from './tickets.ts';

/** What the demo fills the desk through, as everybody else does. */
interface DemoParts {
  db: Db;
  accounts: Pick<Accounts, 'people'>;
  access: Access;
  tickets: Tickets;
  replies: Pick<Replies<unknown>, 'create'>;
  attachments: Attachments;
}

/** Who is at the desk now, and the password of all of them, made for this demo. */
export interface Demo {
  password: string;
  people: { name: string; email: string; role: Role }[];
  tickets: number;
}

/**
 * Fills an empty desk with people, tickets, replies and files. Throws `desk_not_empty` where there is a ticket, or
 * anybody but administrators. Not one transaction: a failure leaves what was there by then.
 */
export async function fillDemo(parts: DemoParts): Promise<Demo> {
  await requireEmpty(parts.db);
  const password = randomBytes(12).toString('base64url');
  const cast = await hire(parts, password);
  for (const story of STORIES) await play(parts, cast, story);
  return { password, people: Object.values(CAST), tickets: STORIES.length };
}

async function requireEmpty(db: Db): Promise<void> {
  const ticket = await db.selectFrom('tickets').select('id').limit(1).executeTakeFirst();
  const person = await db
    .selectFrom('users')
    .select('id')
    .where('role', '!=', 'admin')
    .limit(1)
    .executeTakeFirst();
  if (ticket || person) throw new Refusal('desk_not_empty');
}

async function hire({ accounts }: DemoParts, password: string): Promise<(who: Who) => Caller> {
  const callers = new Map<string, Caller>();
  for (const [who, { name, email, role }] of Object.entries(CAST)) {
    const { id } = await accounts.people.create({ name, email, role, password });
    callers.set(who, { id, name, role, address: null });
  }
  return (who) => {
    const caller = callers.get(who);
    if (!caller) throw new Error(`nobody plays ${who}`);
    return caller;
  };
}

async function play(parts: DemoParts, cast: (who: Who) => Caller, story: Story): Promise<void> {
  const { db, tickets, replies } = parts;
  const { subject, description, priority, inCopy = [] } = story;
  const requester = cast(story.by);
  const { id: ticketId } = await tickets.create(requester, {
    ...{ subject, description, participants: inCopy.map((who) => cast(who).id) },
    ...(priority && { priority }),
  });
  for (const file of story.files ?? []) await attach(parts, requester, { ticketId }, file);

  const written = [];
  for (const { by, afterHours, body, internal = false, files = [] } of story.replies) {
    const author = cast(by);
    const { id: replyId } = await replies.create(author, ticketId, { body, internal });
    for (const file of files) await attach(parts, author, { ticketId, replyId }, file);
    written.push({ id: replyId, afterHours, internal });
  }

  const { assignee, status } = story;
  const state = { status, ...(assignee && { assignee_id: cast(assignee).id }) };
  await tickets.change(cast('helen'), ticketId, state);
  await moveIntoPast(db, ticketId, story.hoursAgo, written);
}
