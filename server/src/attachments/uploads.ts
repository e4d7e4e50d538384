import { randomUUID } from 'node:crypto';
import { type InsertResult, sql } from 'kysely';
import { statement } from '../db/statement.ts';
import { Refusal } from '../refusals.ts';
import { record } from './events.ts';
import { judgeFileName } from './file-name.ts';
import type { Actor, Grant } from './grant.ts';
import { type Leases, leaseEnd } from './lease.ts';
import { STAGED_HOURS } from './limits.ts';
import type { Parts } from './parts.ts';
import { type Reservations, refused, targetOf } from './reservations.ts';
import type { SpooledFile } from './spool.ts';
import type { GrowingPut } from './store/store.ts';
import type { Whereabouts } from './store/stores.ts';

/** Where a file is to go. */
export interface Target {
  ticketId: string;
  replyId: string | null;
  internal: boolean;
}

/** An upload whose request is open. Whoever began it abandons it, unless it was admitted or staged. */
export interface OpenUpload {
  id: string;
  by: Actor;
  /** The ticket it is for; undefined while it is staged. */
  target: Target | undefined;
  /** The storage key it will have. Known before the bytes, so that after a crash the sweep knows what to remove. */
  key: string;
  at: Whereabouts;
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
  { db, stores, spool, inspector, limits, log }: Omit<Parts, 'scans'>,
  reservations: Reservations,
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
    if (declaredSize > limits.maxFileSize + FORM_OVERHEAD) {
      throw new Refusal('file_too_large', { limit: limits.maxFileSize, actual: declaredSize });
    }
    const size = Math.max(0, declaredSize - FORM_OVERHEAD);
    await spool.checkRoom(declaredSize);

    const upload = openUpload(grant, stores.here);
    const insert = insertReceiving({ ...rowOf(upload), reserved_size: size });
    await reservations.reserve(upload, { size, repeat, insert });
    leases.hold(upload.id);
    return upload;
  }

  /** Takes the bytes in, says what they are, and puts them into the store. Throws the refusal. */
  async function receive(
    upload: OpenUpload,
    rawName: string,
    bytes: AsyncIterable<Uint8Array>,
  ): Promise<StoredUpload> {
    const name = judgeFileName(rawName, limits);
    if (!name.accepted) throw new Refusal(name.code, name.details);
    const growing = stores.at(upload.at).putGrowing?.(upload.key, spool.pathOf(upload.id));
    try {
      const file = await spool
        .receive(upload.id, bytes, limits.maxFileSize, growing)
        .catch((error: unknown) => {
          throw error instanceof Refusal
            ? new Refusal(error.code, { ...error.details, file_name: name.name })
            : error;
        });
      return await keep(upload, name.name, file, growing);
    } catch (error) {
      await growing?.abandon();
      throw error;
    }
  }

  /**
   * From the spool into the store, where it may be `growing` already, if the bytes are what the name says. An upload may have begun under other limits:
   * those that hold now decide.
   */
  async function keep(
    upload: OpenUpload,
    fileName: string,
    file: SpooledFile,
    growing?: GrowingPut,
  ): Promise<StoredUpload> {
    const { maxFileSize: limit, types } = limits;
    if (file.size > limit) {
      throw new Refusal('file_too_large', { limit, actual: file.size, file_name: fileName });
    }
    const inspection = await inspector.inspect(file.path, fileName, { types });
    if (!inspection.accepted) throw new Refusal(inspection.code, inspection.details);
    if (growing) await growing.finish();
    else await stores.at(upload.at).put(upload.key, file.path);
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
          refusal_details: reason ? JSON.stringify(reason.details) : null,
          lease_until: null,
        })
        .where('id', '=', upload.id)
        // The sweep may have given it up, and removed its bytes before they were there.
        .where('state', 'in', ['receiving', 'expired'])
        .returning('id')
        .executeTakeFirst();
      if (!freed) return;
      await stores.at(upload.at).remove(upload.key);
      await db.updateTable('uploads').set({ file_path: null }).where('id', '=', upload.id).execute();
      if (reason) await record(db, refused(upload, reason));
    } catch (error) {
      log.warn({ err: error, upload: upload.id }, 'an upload was not cleared away; the sweep will do it');
    }
  }

  return { begin, receive, keep, abandon };
}

/** A new upload of whoever holds the grant, for where it leads. */
export function openUpload(
  grant: Grant<'attach'> | Grant<'stage'>,
  at: Whereabouts,
  id: string = randomUUID(),
): OpenUpload {
  const target = targetOf(grant);
  const folder = target ? `tickets/${target.ticketId}` : 'staged';
  return { id, by: grant.by, target, key: `${folder}/${randomUUID()}`, at };
}

function rowOf({ id, by, target, key, at }: OpenUpload) {
  return {
    id,
    owner_id: by.id,
    entrance: target ? ('form' as const) : ('staged' as const),
    ticket_id: target?.ticketId ?? null,
    reply_id: target?.replyId ?? null,
    internal: target?.internal ?? false,
    file_path: key,
    ...at,
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
        storage: its('storage'),
        key_id: its('key_id'),
        reserved_size: its('reserved_size'),
        state: 'receiving',
        lease_until: leaseEnd,
        expires_at: sql<Date>`now() + make_interval(hours => ${STAGED_HOURS})`,
        warnings: '[]',
      })
      .compile(),
);
