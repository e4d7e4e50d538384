/** The only door of the room: whoever is outside imports from here. */
import type { Transaction } from 'kysely';
import type { Schema } from '../db/schema.ts';
import type { Actor } from './grant.ts';

export type { Actor, Grant } from './grant.ts';
export { type AttachmentLocation, type AttachmentRecord, locateAttachment } from './records.ts';

/**
 * Turns an owner's staged uploads into files of a ticket, or of one reply of it, in the transaction that makes
 * that: all of them, or it throws `upload_not_found`, or the limit that was met. No ids: nothing to do.
 */
export type ClaimUploads = (
  trx: Transaction<Schema>,
  claim: {
    owner: Actor;
    uploadIds: string[];
    ticketId: string;
    replyId: string | null;
    internal: boolean;
  },
) => Promise<void>;
