import type { CompiledQuery, Selectable, Transaction } from 'kysely';
import { locateAttachment } from '../attachments/index.ts';
import type { Db } from '../db/open.ts';
import { pipelined } from '../db/pipelined.ts';
import type { Schema, TicketStatus, UserTable } from '../db/schema.ts';
import { statement } from '../db/statement.ts';
import type { Person, Target } from './permissions.ts';

/** What somebody asks to act on: a ticket or a reply of it, or a file. */
export type Asked = { ticketId: string; replyId?: string | undefined } | { attachmentId: string };

/** How the ticket is held until the transaction ends: `share` keeps it as it is, `change` is for one at a time. */
export type Lock = 'share' | 'change';

/** Looks up what `whyNot` decides by. */
export async function factsOf(db: Db, person: Pick<Person, 'id'>, asked: Asked): Promise<Target> {
  const { on, file } = await place(db, asked);
  if (!on) return { ticket: null, file: null };
  const { rows } = await db.executeQuery(factsOn({ ...on, personId: person.id }));
  return { ...targetOf(rows[0], on), ...file };
}

/**
 * The same in the transaction that acts, with the person as they are now. Both are kept as they are until it ends:
 * whoever disables the person or changes the ticket waits. What the ticket's lock waited for is seen, since the facts
 * are read after it; `also` is sent along.
 */
export async function lockedFactsOf(
  trx: Transaction<Schema>,
  personId: string,
  asked: Asked,
  lock: Lock,
  also: CompiledQuery[] = [],
): Promise<{ person: Person; target: Target }> {
  const { on, file } = await place(trx, asked);
  if (!on) return { person: await lockPerson(trx, personId), target: { ticket: null, file: null } };
  const [[who], , [facts]] = await pipelined(trx, [
    person({ personId }),
    LOCKS[lock](on),
    factsOn({ ...on, personId }),
    ...also,
  ]);
  return { person: personOf(who), target: { ...targetOf(facts, on), ...file } };
}

/** The person as they are now, kept so until the transaction ends: whoever disables them waits for it. */
export async function lockPerson(trx: Transaction<Schema>, id: string): Promise<Person> {
  const { rows } = await trx.executeQuery(person({ personId: id }));
  return personOf(rows[0]);
}

type PersonRow = Pick<Selectable<UserTable>, 'id' | 'role' | 'disabled_at'>;

const person = statement<{ personId: string }, PersonRow>((db, its) =>
  db
    .selectFrom('users')
    .select(['id', 'role', 'disabled_at'])
    .where('id', '=', its('personId'))
    .forShare()
    .compile(),
);

function personOf(row: PersonRow | undefined): Person {
  if (!row) throw new Error('somebody acts who is not there');
  return { id: row.id, role: row.role, disabled: row.disabled_at !== null };
}

interface Place {
  ticketId: string;
  replyId?: string | undefined;
}

/** Where the file is, if it is one that is asked for: it never moves to another ticket or reply. */
async function place(db: Db, asked: Asked): Promise<{ on?: Place; file?: Pick<Target, 'file'> }> {
  if ('ticketId' in asked) return { on: asked };
  const file = await locateAttachment(db, asked.attachmentId);
  if (!file) return {};
  return {
    on: { ticketId: file.ticket_id, replyId: file.reply_id ?? undefined },
    file: {
      file: { uploadedBy: file.uploaded_by, internal: file.internal, deleted: file.deleted_at !== null },
    },
  };
}

const LOCKS = {
  share: statement<{ ticketId: string }, unknown>((db, its) =>
    db.selectFrom('tickets').select('id').where('id', '=', its('ticketId')).forShare().compile(),
  ),
  change: statement<{ ticketId: string }, unknown>((db, its) =>
    db.selectFrom('tickets').select('id').where('id', '=', its('ticketId')).forNoKeyUpdate().compile(),
  ),
};

interface Facts {
  requester_id: string;
  status: TicketStatus;
  takes_part: boolean;
  author_id: string | null;
  internal: boolean | null;
}

const factsOn = statement<Place & { personId: string }, Facts>((db, its) =>
  db
    .selectFrom('tickets')
    .leftJoin('ticket_replies', (join) =>
      join
        .onRef('ticket_replies.ticket_id', '=', 'tickets.id')
        .on('ticket_replies.id', '=', its('replyId') ?? null),
    )
    .select(['tickets.requester_id', 'tickets.status', 'ticket_replies.author_id', 'ticket_replies.internal'])
    .select(({ exists, selectFrom }) =>
      exists(
        selectFrom('ticket_participants')
          .select('user_id')
          .whereRef('ticket_id', '=', 'tickets.id')
          .where('user_id', '=', its('personId')),
      )
        .$castTo<boolean>()
        .as('takes_part'),
    )
    .where('tickets.id', '=', its('ticketId'))
    .compile(),
);

function targetOf(facts: Facts | undefined, { replyId }: Place): Target {
  if (!facts) return { ticket: null };
  const { requester_id: requesterId, status, author_id: authorId, internal } = facts;
  const ticket = { requesterId, status, takesPart: facts.takes_part };
  if (replyId === undefined) return { ticket };
  return { ticket, reply: authorId === null || internal === null ? null : { authorId, internal } };
}
