import type { Transaction } from 'kysely';
import type { ScanStatus, Schema } from '../db/schema.ts';

/** Who acts, and from where: what the audit records. */
export interface Actor {
  id: string;
  address: string | null;
}

/** What a grant may be for, and what it is given on. */
interface Subjects {
  /** Put a file of one's own where nobody else sees it, and look after it. */
  stage: Record<never, never>;
  /** Put a file on a ticket, or on one reply of it. */
  attach: { ticketId: string; replyId: string | null; internal: boolean };
  /**
   * See a ticket's files; those of internal replies only with `seesInternal`. Of the deleted ones, one's own, and
   * everybody's with `restoresAny`.
   */
  list: { ticketId: string; replyId: string | null; seesInternal: boolean; restoresAny: boolean };
  read: { attachmentId: string };
  edit: { attachmentId: string };
  delete: { attachmentId: string };
  restore: { attachmentId: string };
  /** Give up a deleted or infected file at once and for good. */
  purge: { attachmentId: string };
  /** Keep a file from being purged, and lift that. */
  hold: { attachmentId: string };
  /** Give out a blocked file after all: one with one of these verdicts. */
  release: { attachmentId: string; releases: ScanStatus[] };
  /** Have a file looked at again. */
  rescan: { attachmentId: string };
  /** See the blocked files of all tickets. */
  list_blocked: Record<never, never>;
  /** See and change where and what files are kept. */
  configure_storage: Record<never, never>;
}
export type Act = keyof Subjects;

declare const minted: unique symbol;

/**
 * Leave for one person to do one thing to one subject. Only `helpdesk/access.ts` mints it, so a route that
 * forgets to ask does not compile.
 */
export type Grant<A extends Act> = Subjects[A] & {
  readonly [minted]: A;
  readonly by: Actor;
  /**
   * Asks again inside the transaction that acts, and keeps the answer true until it commits.
   * Throws the refusal when the leave is gone.
   */
  stillHolds(trx: Transaction<Schema>): Promise<void>;
};

/** For `helpdesk/access.ts` alone. */
export function mintGrant<A extends Act>(
  subject: Subjects[A],
  by: Actor,
  stillHolds: (trx: Transaction<Schema>) => Promise<void>,
): Grant<A> {
  // The brand exists in types only: this is the one place that may claim it.
  return { ...subject, by, stillHolds } as unknown as Grant<A>;
}
