import { sql } from 'kysely';
import { pipelined } from '../../db/pipelined.ts';
import { Refusal } from '../../refusals.ts';
import { judgeFileName } from '../file-name.ts';
import type { Actor, Grant } from '../grant.ts';
import { type Leases, leaseEnd } from '../lease.ts';
import type { Parts } from '../parts.ts';
import { lockUploader, paceOf, refuseSlot } from '../quota.ts';
import { LOSABLE, type Reservations, throwIf } from '../reservations.ts';
import type { Staged } from '../staged.ts';
import { openUpload, type Uploads } from '../uploads.ts';
import { type Assembly, spoolName } from './assembly.ts';
import type { Finish } from './finishing.ts';
import { judged, type Piece } from './piece.ts';
import { append, removeSegments, segmentKey } from './segments.ts';
import { openUploadOf, ownUpload, type ResumableUpload, unfinishedUploads } from './upload.ts';

/** What is said of a file before its first byte. */
export interface Announced {
  /** A new one. */
  id: string;
  fileName: string;
  /** In bytes. */
  size: number;
  description: string | null;
  /** As it came, to be given back. */
  metadata: string;
}

/** An upload that never got a byte: its client gave up, or never heard of it. */
const HOURS_WITHOUT_A_BYTE = 1;

/** Enough for the worst of lines, and a bound for whoever sends a file byte by byte. */
const MOST_SEGMENTS = 10_000;

interface Ways {
  uploads: Uploads;
  reservations: Reservations;
  leases: Leases;
  finish: Finish;
  assembly: Assembly;
  staged: Staged;
}

export type Resumable = ReturnType<typeof createResumable>;

/** Uploads that may take days and outlive any request: created, grown piece by piece, finished or ended. */
export function createResumable(
  parts: Parts,
  { uploads, reservations, leases, finish, assembly, staged }: Ways,
) {
  const { db, stores, spool, limits } = parts;

  /** Reserves room for a file that will come in pieces. Throws what can be known of it before its bytes. */
  async function create(
    grant: Grant<'attach'> | Grant<'stage'>,
    { id, fileName, size, description, metadata }: Announced,
  ): Promise<ResumableUpload> {
    const file_name = allowedName(fileName, size);
    if (size === 0) throw new Refusal('file_empty', { file_name });
    await spool.checkRoom(size);

    const upload = openUpload(grant, stores.here, id);
    const insert = db
      .insertInto('uploads')
      .values({
        ...{ id: upload.id, owner_id: upload.by.id, entrance: 'tus', state: 'receiving', warnings: '[]' },
        ...{ ticket_id: upload.target?.ticketId ?? null, reply_id: upload.target?.replyId ?? null },
        ...{ internal: upload.target?.internal ?? false, file_path: upload.key, file_name, description },
        ...upload.at,
        ...{ reserved_size: size, upload_length: size, upload_metadata: metadata },
        expires_at: sql<Date>`now() + make_interval(hours => ${HOURS_WITHOUT_A_BYTE})`,
      })
      .compile();
    await reservations.reserve(upload, { size, insert, durable: true });
    return ownUpload(db, grant.by, upload.id);
  }

  /**
   * Takes in the next piece, whatever of it arrives, and finishes the upload with the last. What it resolves to is
   * durable. Throws `upload_offset_conflict`, `upload_slots_exceeded`, `checksum_mismatch`, or why the file is refused.
   * The caller holds the lock.
   */
  async function receive(
    grant: Grant<'attach'> | Grant<'stage'>,
    upload: ResumableUpload,
    piece: Piece,
  ): Promise<ResumableUpload> {
    if (piece.offset !== upload.offset) {
      throw new Refusal('upload_offset_conflict', { limit: upload.offset, actual: piece.offset });
    }
    if (upload.state !== 'receiving') return upload;
    allowedName(upload.fileName, upload.length); // limits lowered since it began would refuse it at its end
    await takeSlot(grant.by, upload.id);
    let now = upload;
    try {
      now = await keep(upload, piece);
      return now.offset === now.length ? await finish(grant, now) : now;
    } finally {
      leases.drop(upload.id);
      // A piece that was kept, and was not the last, has given it back already.
      if (now === upload || now.offset === now.length) await giveSlotBack(upload.id);
    }
  }

  /** The upload with what could be kept of a piece. */
  async function keep(upload: ResumableUpload, piece: Piece): Promise<ResumableUpload> {
    const { id, offset, length } = upload;
    const { bytes, judge } = judged(piece);
    const name = spoolName(id, 'piece');
    const { path, size } = await spool.receivePiece(name, bytes, length - offset).catch((error: unknown) => {
      const isLonger = error instanceof Refusal && error.code === 'file_too_large';
      throw isLonger ? new Refusal('file_too_large', { limit: length }) : error;
    });
    const judgement = judge();
    if (size === 0 || judgement !== 'keep') {
      await spool.remove(name);
      if (judgement === 'mismatch') throw new Refusal('checksum_mismatch');
      return upload;
    }
    const segment = { uploadId: id, key: segmentKey(), position: offset, size, ...stores.here };
    const store = stores.at(segment);
    await store.put(segment.key, path);
    const standing = await append(db, segment);
    if (standing) {
      assembly.add(segment, length);
      return { ...upload, ...standing };
    }
    await store.remove(segment.key);
    throw new Refusal('upload_offset_conflict', { actual: offset });
  }

  /** The name as it is kept. Throws why a file of this name and size is not taken now. */
  function allowedName(fileName: string, size: number): string {
    const name = judgeFileName(fileName, limits);
    if (!name.accepted) throw new Refusal(name.code, name.details);
    const { maxFileSize: limit } = limits;
    if (size > limit) throw new Refusal('file_too_large', { limit, actual: size, file_name: name.name });
    return name.name;
  }

  async function takeSlot(by: Actor, id: string): Promise<void> {
    await db.transaction().execute(async (trx) => {
      const [, , [pace], [pieces]] = await pipelined(trx, [
        LOSABLE,
        lockUploader({ userId: by.id }),
        paceOf({ userId: by.id, uploadsPerMinute: limits.uploadsPerMinute }),
        sql<{ many: boolean }>`
          SELECT count(*) >= ${MOST_SEGMENTS} AS many FROM upload_segments WHERE upload_id = ${id}
        `.compile(trx),
      ]);
      if (pace) throwIf(refuseSlot(pace, limits));
      if (pieces?.many) throw new Refusal('upload_fragmented', { limit: MOST_SEGMENTS });
      await trx.updateTable('uploads').set({ lease_until: leaseEnd }).where('id', '=', id).execute();
    });
    leases.hold(id);
  }

  async function giveSlotBack(id: string): Promise<void> {
    await db
      .updateTable('uploads')
      .set({ lease_until: null })
      .where('id', '=', id)
      .where('lease_until', 'is not', null)
      .execute();
  }

  /** Ends an upload that is not finished, for good. Throws `upload_finished` where its file is on a ticket. */
  async function terminate(upload: ResumableUpload, by: Actor): Promise<void> {
    if (upload.state === 'attached') throw new Refusal('upload_finished');
    if (upload.state === 'ready') return staged.discard(by, upload.id);
    await assembly.drop(upload.id);
    await uploads.abandon(openUploadOf(upload, by));
    await removeSegments(parts, upload.id);
  }

  return {
    create,
    receive,
    finish,
    terminate,
    /** See `ownUpload`. */
    get: (owner: Pick<Actor, 'id'>, id: string) => ownUpload(db, owner, id),
    unfinished: () => unfinishedUploads(db),
  };
}
