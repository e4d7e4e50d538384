import { type CompiledQuery, type InsertResult, type Selectable, sql, type Transaction } from 'kysely';
import { pipelined } from '../db/pipelined.ts';
import type { Schema, UploadTable } from '../db/schema.ts';
import { Refusal } from '../refusals.ts';
import { recording } from './events.ts';
import type { Actor } from './grant.ts';
import type { Limits } from './limits.ts';
import { book, refuseOnTicket, sum, ticketLedger } from './quota.ts';
import {
  type AttachmentRecord,
  type AttachmentRow,
  attachmentRecord,
  insertAttachment,
  readyContent,
} from './records.ts';

type Trx = Transaction<Schema>;

/** Whose uploads go where: to the ticket or reply that is made in the same transaction. */
export interface Claim {
  owner: Actor;
  uploadIds: string[];
  ticketId: string;
  replyId: string | null;
  internal: boolean;
}

/** How whoever makes a ticket or a reply takes its files along, in the transaction that makes it. */
export type ClaimUploads = (trx: Trx, asked: Claim) => Promise<void>;

/**
 * Turns staged uploads into files of a ticket or reply, in the caller's transaction: all of them or, by throwing,
 * none. `upload_not_found` for one that is not the owner's, has expired or is claimed already. The bytes keep their
 * staged key; `upkeep/rehome.ts` moves them afterwards.
 */
export async function claim(trx: Trx, limits: Limits, asked: Claim): Promise<AttachmentRecord[]> {
  if (asked.uploadIds.length === 0) return [];
  const ledger = sum((await pipelined(trx, ticketLedger(asked))).flat());
  const rows = await lockReady(trx, asked);
  const more = { files: rows.length, size: rows.reduce((total, row) => total + (row.file_size ?? 0), 0) };
  const refusal = refuseOnTicket(ledger, more, limits);
  if (refusal) throw refusal;

  const [, ...claimed] = await pipelined(trx, [
    book({ ...asked, ...more }),
    ...rows.flatMap((row, place) => claimOne(trx, row, place, asked)),
  ]);
  return claimed.flat().map(attachmentRecord);
}

/** The rows in the order they were asked for; locked in the order of their ids, so that two claims cannot embrace. */
async function lockReady(trx: Trx, { owner, uploadIds }: Claim): Promise<Selectable<UploadTable>[]> {
  const rows = await trx
    .selectFrom('uploads')
    .selectAll()
    .where('id', 'in', uploadIds)
    .where('owner_id', '=', owner.id)
    .where('state', '=', 'ready')
    .where('expires_at', '>', sql<Date>`now()`)
    .orderBy('id')
    .forUpdate()
    .execute();
  const ready = new Map(rows.map((row) => [row.id, row]));
  return uploadIds.map((id) => {
    const row = ready.get(id);
    // An id given twice is found once: the second time it is claimed already.
    ready.delete(id);
    if (!row) throw new Refusal('upload_not_found');
    return row;
  });
}

/**
 * The file keeps the id of its upload, so that a text written before may speak of it (`attachment:<id>`). The scan's
 * verdict comes along: a file is not scanned again because somebody pressed Send.
 */
function claimOne(
  trx: Trx,
  row: Selectable<UploadTable>,
  place: number,
  { owner, ticketId, replyId, internal }: Claim,
): (CompiledQuery<AttachmentRow> | CompiledQuery<InsertResult>)[] {
  const { id } = row;
  const content = readyContent(row);
  const { file_name, file_size, sha256 } = content;
  const settled = sql<AttachmentRow>`
    UPDATE uploads SET state = 'attached', attachment_id = ${id}, file_path = NULL, updated_at = now() WHERE id = ${id}
  `;
  const attachment = {
    ...{ id, ticket_id: ticketId, reply_id: replyId, internal, ...content, place },
    ...{ warnings: JSON.stringify(row.warnings), description: row.description },
    ...{ uploaded_by: row.owner_id, created_by: row.owner_id },
  };
  const detail = { file_name, file_size, sha256 };
  return [
    settled.compile(trx),
    insertAttachment(attachment),
    recording({ event: 'claimed', by: owner, ticketId, attachmentId: id, uploadId: id, detail }),
  ];
}
