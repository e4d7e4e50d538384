import { type CompiledQuery, sql, type Transaction, type UpdateResult } from 'kysely';
import { mintGrant } from '../attachments/grant.ts';
import type { Actor, Grant } from '../attachments/index.ts';
import type { Db } from '../db/open.ts';
import type { Schema } from '../db/schema.ts';
import { statement } from '../db/statement.ts';
import { Refusal } from '../refusals.ts';
import { type Caller, isStaff } from './caller.ts';
import { type Asked, factsOf, type Lock, lockedFactsOf, lockPerson } from './facts.ts';
import {
  type Act,
  actOfChange,
  can,
  changesFilesOfAnybody,
  configuresStorage,
  type Person,
  type ReplyFacts,
  releasable,
  type Target,
  type TicketChanges,
  type TicketFacts,
  whyNot,
  whyNotOpen,
} from './permissions.ts';
import { ticketsSeenBy } from './visibility.ts';

type Trx = Transaction<Schema>;

/** What somebody may act on. */
export interface Sight {
  ticket: TicketFacts;
  reply: ReplyFacts | undefined;
}

export type Access = ReturnType<typeof createAccess>;

/**
 * Who may do what: every function answers, or throws the refusal. What is not there or hidden from the caller is
 * `…_not_found`; what is there but not for them, `forbidden`. The only mint of grants. `permissions.ts` decides.
 */
export function createAccess({ db }: { db: Db }) {
  /** Open a ticket, in the transaction that does: for oneself, or as the desk for anybody. */
  async function toOpenTicket(
    trx: Trx,
    caller: Caller,
    ticket: { requesterId: string; assigned: boolean },
  ): Promise<void> {
    const refusal = whyNotOpen(await lockPerson(trx, caller.id), ticket);
    if (refusal) throw new Refusal(refusal);
  }

  /** See a ticket, and what people wrote on it. */
  function toSeeTicket(caller: Caller, ticketId: string): Promise<Sight> {
    return decide(db, caller, ['see'], { ticketId });
  }

  /** See every one of these tickets. */
  async function toSeeTickets(caller: Caller, ticketIds: string[]): Promise<void> {
    const seen = new Set(await seenTickets(caller, ticketIds));
    const unseen = ticketIds.find((id) => !seen.has(id));
    if (unseen !== undefined) await toSeeTicket(caller, unseen);
  }

  /** Those of these tickets that the caller sees. */
  async function seenTickets(caller: Caller, ticketIds: string[]): Promise<string[]> {
    if (ticketIds.length === 0) return [];
    const rows = await db
      .selectFrom('tickets')
      .select('id')
      .where('id', 'in', ticketIds)
      .where((eb) => ticketsSeenBy(eb, caller))
      .execute();
    return rows.map(({ id }) => id);
  }

  /**
   * Write a reply, with files or without. Asked in the transaction that writes, and the ticket stays as it is
   * until that commits: a reply and a closing of the ticket come one after the other.
   */
  function toReply(
    trx: Trx,
    caller: Caller,
    ticketId: string,
    { internal, attaching }: { internal: boolean; attaching: boolean },
  ): Promise<Sight> {
    const write = internal ? 'note' : 'reply';
    return decideAgain(trx, caller, attaching ? [write, 'attach'] : [write], { ticketId }, 'change');
  }

  /** Change these fields of a ticket, in the transaction that does. */
  function toChangeTicket(
    trx: Trx,
    caller: Caller,
    ticketId: string,
    changes: TicketChanges,
  ): Promise<Sight> {
    return decideAgain(trx, caller, [actOfChange(changes)], { ticketId }, 'change');
  }

  /** Keep all files of a ticket from being purged, or lift that, in the transaction that does. */
  function toHoldTicket(trx: Trx, caller: Caller, ticketId: string): Promise<Sight> {
    return decideAgain(trx, caller, ['hold'], { ticketId }, 'change');
  }

  /** List the files of a ticket, or of one reply. */
  async function toList(caller: Caller, ticketId: string, replyId?: string): Promise<Grant<'list'>> {
    const asked = { ticketId, replyId };
    await decide(db, caller, ['see'], asked);
    const subject = {
      ...{ ticketId, replyId: replyId ?? null },
      ...{ seesInternal: isStaff(caller), restoresAny: changesFilesOfAnybody(caller) },
    };
    return mintGrant<'list'>(subject, actorOf(caller), holding(caller, 'see', asked));
  }

  /** Put files on a ticket, or on one reply. */
  async function toAttach(caller: Caller, ticketId: string, replyId?: string): Promise<Grant<'attach'>> {
    const asked = { ticketId, replyId };
    const { reply } = await decide(db, caller, ['attach'], asked);
    const internal = reply?.internal ?? false;
    const subject = { ticketId, replyId: replyId ?? null, internal };
    return mintGrant<'attach'>(subject, actorOf(caller), async (trx) => {
      await decideAgain(trx, caller, ['attach'], asked, 'change', internal ? [] : [touch({ ticketId })]);
    });
  }

  /** Send another piece of an upload, or finish it: for a ticket as to attach, without one as to stage. */
  async function toGoOn(
    caller: Caller,
    target: { ticketId: string; replyId?: string | null | undefined } | undefined,
  ): Promise<Grant<'attach'> | Grant<'stage'>> {
    return target ? toAttach(caller, target.ticketId, target.replyId ?? undefined) : toStage(caller);
  }

  /** Put a file of one's own where nobody else sees it. */
  function toStage(caller: Caller): Grant<'stage'> {
    return mintGrant<'stage'>({}, actorOf(caller), async (trx) => {
      if ((await lockPerson(trx, caller.id)).disabled) throw new Refusal('account_disabled');
    });
  }

  /** See a file and its bytes, as far as its verdict allows. Holds for deleted ones too: say what became of it. */
  const toRead = (caller: Caller, attachmentId: string) => toFile(caller, 'read', attachmentId);
  /** Change a file's description. Holds for deleted ones too, as `toDelete` does. */
  const toEdit = (caller: Caller, attachmentId: string) => toFile(caller, 'edit', attachmentId);
  const toDelete = (caller: Caller, attachmentId: string) => toFile(caller, 'delete', attachmentId);
  /** Take back that a file was deleted. For live ones too: then there is nothing to do. */
  const toRestore = (caller: Caller, attachmentId: string) => toFile(caller, 'restore', attachmentId);

  /** Give up a deleted or infected file at once and for good. */
  const toPurge = (caller: Caller, attachmentId: string) => toFile(caller, 'purge', attachmentId);

  /** Keep a file, deleted or not, from being purged, and lift that. */
  const toHold = (caller: Caller, attachmentId: string) => toFile(caller, 'hold', attachmentId);

  /** Give out a blocked file after all, as far as its verdict lets them. */
  async function toRelease(caller: Caller, attachmentId: string): Promise<Grant<'release'>> {
    const asked = { attachmentId };
    await decide(db, caller, ['release'], asked);
    const subject = { ...asked, releases: releasable(caller) };
    return mintGrant<'release'>(subject, actorOf(caller), holding(caller, 'release', asked));
  }

  /** Have a file looked at again. */
  const toRescan = (caller: Caller, attachmentId: string) => toFile(caller, 'rescan', attachmentId);

  /** See the blocked files of all tickets. */
  function toListBlocked(caller: Caller): Grant<'list_blocked'> {
    if (!isStaff(caller)) throw new Refusal('forbidden');
    return mintGrant<'list_blocked'>({}, actorOf(caller), async (trx) => {
      const now = await lockPerson(trx, caller.id);
      if (now.disabled) throw new Refusal('account_disabled');
      if (!isStaff(now)) throw new Refusal('forbidden');
    });
  }

  /** See and change where and what files are kept. */
  function toConfigureStorage(caller: Caller): Grant<'configure_storage'> {
    if (!configuresStorage(caller)) throw new Refusal('forbidden');
    return mintGrant<'configure_storage'>({}, actorOf(caller), async (trx) => {
      const now = await lockPerson(trx, caller.id);
      if (now.disabled) throw new Refusal('account_disabled');
      if (!configuresStorage(now)) throw new Refusal('forbidden');
    });
  }

  async function toFile<A extends 'read' | 'edit' | 'delete' | 'restore' | 'purge' | 'hold' | 'rescan'>(
    caller: Caller,
    act: A,
    attachmentId: string,
  ): Promise<Grant<A>> {
    const asked = { attachmentId };
    await decide(db, caller, [act], asked);
    return mintGrant<A>(asked, actorOf(caller), holding(caller, act, asked));
  }

  return {
    toOpenTicket,
    toSeeTicket,
    toSeeTickets,
    seenTickets,
    toReply,
    toChangeTicket,
    toHoldTicket,
    toList,
    toAttach,
    toStage,
    toGoOn,
    toRead,
    toEdit,
    toDelete,
    toRestore,
    toPurge,
    toHold,
    toRelease,
    toRescan,
    toListBlocked,
    toConfigureStorage,
    can,
  };
}

/** The `stillHolds` of whoever reads or changes what is there: the ticket is kept as it is meanwhile. */
function holding(caller: Caller, act: Act, asked: Asked) {
  return async (trx: Trx): Promise<void> => {
    await decideAgain(trx, caller, [act], asked, 'share');
  };
}

/** By what is true now, kept true until the transaction ends. Whoever locks more does so after: person, then ticket. */
async function decideAgain(
  trx: Trx,
  caller: Caller,
  acts: Act[],
  asked: Asked,
  lock: Lock,
  also: CompiledQuery[] = [],
): Promise<Sight> {
  const { person, target } = await lockedFactsOf(trx, caller.id, asked, lock, also);
  return judge(person, acts, target);
}

async function decide(db: Db, caller: Caller, acts: Act[], asked: Asked): Promise<Sight> {
  return judge(enabled(caller), acts, await factsOf(db, caller, asked));
}

function judge(person: Person, acts: Act[], target: Target): Sight {
  const refusal = acts.map((act) => whyNot(person, act, target)).find((code) => code !== undefined);
  if (refusal || !target.ticket) throw new Refusal(refusal ?? 'ticket_not_found');
  return { ticket: target.ticket, reply: target.reply ?? undefined };
}

/** Something that customers see has changed. What is internal leaves no trace for them, not even a time. */
const touch = statement<{ ticketId: string }, UpdateResult>((db, its) =>
  db
    .updateTable('tickets')
    .set({ updated_at: sql<Date>`clock_timestamp()` })
    .where('id', '=', its('ticketId'))
    .compile(),
);

function enabled({ id, role }: Caller): Person {
  return { id, role, disabled: false };
}

function actorOf({ id, address }: Caller): Actor {
  return { id, address };
}
