import { CompiledQuery, type Transaction } from 'kysely';
import { pipelined } from '../db/pipelined.ts';
import type { Schema } from '../db/schema.ts';
import { Refusal } from '../refusals.ts';
import { record } from './events.ts';
import type { Grant } from './grant.ts';
import type { Parts } from './parts.ts';
import {
  type Ledger,
  lockUploader,
  type Pace,
  paceOf,
  refuseOnTicket,
  refusePace,
  refuseStaged,
  stagedLedger,
  sum,
  ticketLedger,
} from './quota.ts';
import type { OpenUpload, Target } from './uploads.ts';

/** What an upload asks for before its bytes come. */
interface Asked {
  /** Bytes to keep for it. */
  size: number;
  /** It will create nothing, so it needs no room. */
  repeat?: boolean;
  /** Somebody is told of the row, and comes back for it: it has to outlive a crash. */
  durable?: boolean;
  /** The statement that writes its row. */
  insert: CompiledQuery;
}

export type Reservations = ReturnType<typeof createReservations>;

/** Room on a ticket or among somebody's staged files, and a place among their open requests. */
export function createReservations({ db, limits }: Pick<Parts, 'db' | 'limits'>) {
  /**
   * Writes the row of an upload that has room, and whose owner is neither too fast nor at too many at once. Throws the
   * refusal.
   */
  async function reserve(
    upload: OpenUpload,
    { size, repeat = false, durable = false, insert }: Asked,
  ): Promise<void> {
    try {
      await db.transaction().execute(async (trx) => {
        const [pace, room] = await ask(trx, upload, { repeat, durable });
        if (pace) throwIf(refusePace(pace, limits));
        if (!repeat) throwIf(refuseRoom(upload, room, size));
        await trx.executeQuery(insert);
      });
    } catch (error) {
      // Who comes too fast writes nothing: an audit that anybody can make grow is no audit.
      if (error instanceof Refusal && !error.code.startsWith('upload_'))
        await record(db, refused(upload, error));
      throw error;
    }
  }

  async function ask(
    trx: Transaction<Schema>,
    upload: OpenUpload,
    { repeat, durable }: { repeat: boolean; durable: boolean },
  ): Promise<[Pace | undefined, Ledger]> {
    const [, , [pace], ...room] = await pipelined(trx, [
      durable ? DURABLE : LOSABLE,
      lockUploader({ userId: upload.by.id }),
      paceOf({ userId: upload.by.id, uploadsPerMinute: limits.uploadsPerMinute }),
      ...(repeat ? [] : ledgerOf(upload)),
    ]);
    return [pace, sum(room.flat())];
  }

  /** Throws unless a file of `size` bytes has room where the upload is to go; holds that room's lock. */
  async function checkQuota(trx: Transaction<Schema>, upload: OpenUpload, size: number): Promise<void> {
    const room = await pipelined(trx, ledgerOf(upload));
    throwIf(refuseRoom(upload, sum(room.flat()), size));
  }

  function refuseRoom({ target }: OpenUpload, ledger: Ledger, size: number): Refusal | undefined {
    return (target ? refuseOnTicket : refuseStaged)(ledger, { files: 1, size }, limits);
  }

  return { reserve, checkQuota };
}

/** What holds its place already where the upload is to go. */
function ledgerOf({ id, by, target }: OpenUpload) {
  return target ? ticketLedger(target, id) : stagedLedger(by.id, id);
}

/** Where a grant lets a file go; undefined while it is staged. */
export function targetOf(grant: Grant<'attach'> | Grant<'stage'>): Target | undefined {
  if (!('ticketId' in grant)) return undefined;
  const { ticketId, replyId, internal } = grant;
  return { ticketId, replyId, internal };
}

/** A reservation lost in a crash is one that nobody needs any more. */
export const LOSABLE = CompiledQuery.raw('SET LOCAL synchronous_commit = off');
const DURABLE = CompiledQuery.raw('SET LOCAL synchronous_commit = on');

/** What the audit says of an upload that was refused. */
export function refused(upload: OpenUpload, { code, details }: Refusal) {
  return {
    event: 'refused' as const,
    by: upload.by,
    ticketId: upload.target?.ticketId ?? null,
    uploadId: upload.id,
    detail: { code, file_name: details.file_name ?? null },
  };
}

export function throwIf(refusal: Refusal | undefined): void {
  if (refusal) throw refusal;
}
