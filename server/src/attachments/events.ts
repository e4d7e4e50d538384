import type { CompiledQuery, InsertResult, Kysely, Transaction } from 'kysely';
import type { Schema } from '../db/schema.ts';
import { statement } from '../db/statement.ts';
import type { Actor } from './grant.ts';

export interface AttachmentEvent {
  event:
    | 'uploaded'
    | 'staged'
    | 'claimed'
    | 'downloaded'
    | 'previewed'
    | 'edited'
    | 'deleted'
    | 'restored'
    | 'purged'
    | 'held'
    | 'hold_lifted'
    | 'discarded'
    | 'expired'
    | 'scanned'
    | 'released'
    | 'rescan_asked'
    | 'storage_configured'
    | 'refused';
  by: Actor | null;
  ticketId?: string | null;
  attachmentId?: string | null;
  uploadId?: string | null;
  detail?: Record<string, string | number | null>;
}

/** Writes the audit. With a transaction it stands or falls with what it tells of. */
export async function record(
  db: Kysely<Schema> | Transaction<Schema>,
  ...events: AttachmentEvent[]
): Promise<void> {
  if (events.length === 0) return;
  await db.insertInto('attachment_events').values(events.map(eventRow)).execute();
}

/** The same as a statement, to be sent together with others. */
export function recording(event: AttachmentEvent): CompiledQuery<InsertResult> {
  return insertEvent(eventRow(event));
}

const insertEvent = statement<ReturnType<typeof eventRow>, InsertResult>((db, its) =>
  db
    .insertInto('attachment_events')
    .values({
      event: its('event'),
      actor_id: its('actor_id'),
      address: its('address'),
      ticket_id: its('ticket_id'),
      attachment_id: its('attachment_id'),
      upload_id: its('upload_id'),
      detail: its('detail'),
    })
    .compile(),
);

function eventRow({ event, by, ticketId, attachmentId, uploadId, detail }: AttachmentEvent) {
  return {
    event,
    actor_id: by?.id ?? null,
    address: by?.address ?? null,
    ticket_id: ticketId ?? null,
    attachment_id: attachmentId ?? null,
    upload_id: uploadId ?? null,
    detail: canonical(detail ?? {}),
  };
}

/** One form for one meaning, so that rows can be hash-chained later: keys in order, no spaces (RFC 8785 for our values). */
export function canonical(detail: Record<string, string | number | null>): string {
  return JSON.stringify(detail, Object.keys(detail).sort());
}
