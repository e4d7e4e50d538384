import { randomUUID } from 'node:crypto';
import { CompiledQuery, type InsertResult, sql, type Transaction } from 'kysely';
import { pipelined } from '../db/pipelined.ts';
import type { Schema } from '../db/schema.ts';
import { statement } from '../db/statement.ts';
import { Refusal } from '../refusals.ts';
import { record } from './events.ts';
import { judgeFileName } from './file-name.ts';
import type { Actor, Grant } from './grant.ts';
import { type Leases, leaseEnd } from './lease.ts';
import { STAGED_HOURS } from './limits.ts';
import type { Parts } from './parts.ts';
import {
  type Ledger,
  lockUploader,
  paceOf,
  refuseOnTicket,
  refusePace,
  refuseStaged,
  stagedLedger,
  sum,
  ticketLedger,
} from './quota.ts';
import type { SpooledFile } from './spool.ts';

/** An upload whose request is open. Whoever began it abandons it, unless it was admitted or staged. */
export interface OpenUpload {
  id: string;
  by: Actor;
  /** The ticket it is for; undefined while it is staged. */
  target: { ticketId: string; replyId: string | null; internal: boolean } | undefined;
  /** The storage key it will have. Known before the bytes, so that after a crash the sweep knows what to remove. */
  key: string;
}

/** What is known of an upload once its bytes are in the store. */
export interface StoredUpload extends OpenUpload {
  fileName: string;
  fileSize: number;
  mimeType: string;
  sha256: string;
  warnings: string[];
}

export interface Begin {
  /** The request's Content-Length, where it has one. */
  declaredSize: number | undefined;
  /** A repeat of an answered request (Idempotency-Key): it will create nothing, so it needs no room. */
  repeat?: boolean;
}

/** A multipart body is longer than its file: its boundary, headers and description take at most this much. */
export const FORM_OVERHEAD = 64 * 1024;

export type Uploads = ReturnType<typeof createUploads>;

/** Bytes on their way: begin, receive, and abandon where they do not arrive. */
export function createUploads(
  { db, store, spool, inspector, limits, log }: Omit<Parts, 'unscanned'>,
  leases: Leases,
) {
  /**
   * Takes a slot and reserves room, before the body is read. Throws the refusal: too fast, too many at once, too
   * large as declared, no room on the ticket, among the staged, or on the disk.
   */
  async function begin(
    grant: Grant<'attach'> | Grant<'stage'>,
    { declaredSize = 0, repeat = false }: Begin,
  ): Promise<OpenUpload> {
    const target = 'ticketId' in grant ? targetOf(grant) : undefined;
    if (declaredSize > limits.maxFileSize + FORM_OVERHEAD) {
      throw new Refusal('file_too_large', { limit: limits.maxFileSize, actual: declaredSize });
    }
    const reserved = Math.max(0, declaredSize - FORM_OVERHEAD);
    await spool.checkRoom(declaredSize);

    const upload: OpenUpload = {
      id: randomUUID(),
      by: grant.by,
      target,
      key: `${target ? `tickets/${target.ticketId}` : 'staged'}/${randomUUID()}`,
    };
    await reserve(upload, { reserved, repeat }).catch(async (error: unknown) => {
      // Who comes too fast writes nothing: an audit that anybody can make grow is no audit.
      if (error instanceof Refusal && !error.code.startsWith('upload_'))
        await record(db, refused(upload, error));
      throw error;
    });
    leases.hold(upload.id);
    return upload;
  }

  async function reserve(
    upload: OpenUpload,
    { reserved, repeat }: { reserved: number; repeat: boolean },
  ): Promise<void> {
    await db.transaction().execute(async (trx) => {
      const [, , [pace], ...room] = await pipelined(trx, [
        LOSABLE,
        lockUploader({ userId: upload.by.id }),
        paceOf({ userId: upload.by.id, uploadsPerMinute: limits.uploadsPerMinute }),
        ...(repeat ? [] : ledgerOf(upload)),
      ]);
      if (pace) throwIf(refusePace(pace, limits));
      if (!repeat) throwIf(refuseRoom(upload, sum(room.flat()), reserved));
      await trx.executeQuery(insertReceiving({ ...rowOf(upload), reserved_size: reserved }));
    });
  }

  /** Throws unless a file of `size` bytes has room where the upload is to go; holds that room's lock. */
  async function checkQuota(trx: Transaction<Schema>, upload: OpenUpload, size: number): Promise<void> {
    const room = await pipelined(trx, ledgerOf(upload));
    throwIf(refuseRoom(upload, sum(room.flat()), size));
  }

  function refuseRoom({ target }: OpenUpload, ledger: Ledger, size: number): Refusal | undefined {
    return (target ? refuseOnTicket : refuseStaged)(ledger, { files: 1, size }, limits);
  }

  /** Takes the bytes in, says what they are, and puts them into the store. Throws the refusal. */
  async function receive(
    upload: OpenUpload,
    rawName: string,
    bytes: AsyncIterable<Uint8Array>,
  ): Promise<StoredUpload> {
    const name = judgeFileName(rawName, limits);
    if (!name.accepted) throw new Refusal(name.code, name.details);
    const file = await spool.receive(upload.id, bytes, limits.maxFileSize).catch((error: unknown) => {
      throw error instanceof Refusal
        ? new Refusal(error.code, { ...error.details, file_name: name.name })
        : error;
    });
    return keep(upload, name.name, file);
  }

  /** From the spool into the store, if the bytes are what the name says. */
  async function keep(upload: OpenUpload, fileName: string, file: SpooledFile): Promise<StoredUpload> {
    const inspection = await inspector.inspect(file.path, fileName, limits);
    if (!inspection.accepted) throw new Refusal(inspection.code, inspection.details);
    await store.put(upload.key, file.path);
    return {
      ...upload,
      fileName,
      fileSize: file.size,
      mimeType: inspection.mimeType,
      sha256: file.sha256,
      warnings: inspection.warnings,
    };
  }

  /**
   * Gives everything back at once: slot, reservation, spool, and bytes that made it into the store. `reason`
   * is the refusal, for the audit; without one the client went away. Never throws: what fails here the sweep
   * finds by its lease.
   */
  async function abandon(upload: OpenUpload, reason?: Refusal): Promise<void> {
    leases.drop(upload.id);
    try {
      await spool.remove(upload.id);
      const freed = await db
        .updateTable('uploads')
        .set({
          state: reason ? 'refused' : 'abandoned',
          refusal_code: reason?.code ?? null,
          lease_until: null,
        })
        .where('id', '=', upload.id)
        // The sweep may have given it up, and removed its bytes before they were there.
        .where('state', 'in', ['receiving', 'expired'])
        .returning('id')
        .executeTakeFirst();
      if (!freed) return;
      await store.remove(upload.key);
      await db.updateTable('uploads').set({ file_path: null }).where('id', '=', upload.id).execute();
      if (reason) await record(db, refused(upload, reason));
    } catch (error) {
      log.warn({ err: error, upload: upload.id }, 'an upload was not cleared away; the sweep will do it');
    }
  }

  return { begin, receive, checkQuota, abandon };
}

/** What holds its place already where the upload is to go. */
function ledgerOf({ id, by, target }: OpenUpload) {
  return target ? ticketLedger(target, id) : stagedLedger(by.id, id);
}

function targetOf({ ticketId, replyId, internal }: Grant<'attach'>) {
  return { ticketId, replyId, internal };
}

/** A reservation lost in a crash is one that nobody needs any more. */
const LOSABLE = CompiledQuery.raw('SET LOCAL synchronous_commit = off');

function rowOf({ id, by, target, key }: OpenUpload) {
  return {
    id,
    owner_id: by.id,
    entrance: target ? ('form' as const) : ('staged' as const),
    ticket_id: target?.ticketId ?? null,
    reply_id: target?.replyId ?? null,
    internal: target?.internal ?? false,
    file_path: key,
  };
}

const insertReceiving = statement<ReturnType<typeof rowOf> & { reserved_size: number }, InsertResult>(
  (db, its) =>
    db
      .insertInto('uploads')
      .values({
        id: its('id'),
        owner_id: its('owner_id'),
        entrance: its('entrance'),
        ticket_id: its('ticket_id'),
        reply_id: its('reply_id'),
        internal: its('internal'),
        file_path: its('file_path'),
        reserved_size: its('reserved_size'),
        state: 'receiving',
        lease_until: leaseEnd,
        expires_at: sql<Date>`now() + make_interval(hours => ${STAGED_HOURS})`,
        warnings: '[]',
      })
      .compile(),
);

function refused(upload: OpenUpload, { code, details }: Refusal) {
  return {
    event: 'refused' as const,
    by: upload.by,
    ticketId: upload.target?.ticketId ?? null,
    uploadId: upload.id,
    detail: { code, file_name: details.file_name ?? null },
  };
}

function throwIf(refusal: Refusal | undefined): void {
  if (refusal) throw refusal;
}
