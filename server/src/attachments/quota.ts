import { type CompiledQuery, sql } from 'kysely';
import { statement } from '../db/statement.ts';
import { Refusal } from '../refusals.ts';
import { leaseHolds } from './lease.ts';
import type { Limits } from './limits.ts';

/** What is there and what is on its way, in one of the places that files can fill up. */
export interface Ledger {
  files: number;
  size: number;
}

/** A ticket's public files and those on its internal replies are counted apart, so that no refusal tells of the other. */
export interface TicketLedger {
  ticketId: string;
  internal: boolean;
}

/** Why `more` does not go onto a ticket that holds `ledger` already; undefined where it does. */
export function refuseOnTicket(ledger: Ledger, more: Ledger, limits: Limits): Refusal | undefined {
  const files = ledger.files + more.files;
  if (files > limits.maxFilesPerTicket) {
    return new Refusal('ticket_files_exceeded', { limit: limits.maxFilesPerTicket, actual: files });
  }
  const size = ledger.size + more.size;
  if (size > limits.maxTotalSizePerTicket) {
    return new Refusal('ticket_size_exceeded', { limit: limits.maxTotalSizePerTicket, actual: size });
  }
  return undefined;
}

/** The same for one person's staged files. */
export function refuseStaged(ledger: Ledger, more: Ledger, limits: Limits): Refusal | undefined {
  if (ledger.files + more.files > limits.maxStagedFiles) {
    return new Refusal('staged_files_exceeded', { limit: limits.maxStagedFiles, actual: ledger.files });
  }
  const size = ledger.size + more.size;
  if (size > limits.maxStagedSize) {
    return new Refusal('staged_size_exceeded', { limit: limits.maxStagedSize, actual: size });
  }
  return undefined;
}

/** Uploads somebody started within the last minute, and those of them whose request is still open. */
export interface Pace {
  started: number;
  open: number;
  /** Seconds until the oldest of the last minute no longer counts. */
  secondsToNext: number;
}

/** Why somebody may not have another request open now; undefined where they may. */
export function refuseSlot({ open }: Pick<Pace, 'open'>, limits: Limits): Refusal | undefined {
  if (open < limits.concurrentUploads) return undefined;
  return new Refusal('upload_slots_exceeded', {
    limit: limits.concurrentUploads,
    actual: open,
    retry_after: 1,
  });
}

/** Why somebody may not start another upload now; undefined where they may. */
export function refusePace(pace: Pace, limits: Limits): Refusal | undefined {
  const full = refuseSlot(pace, limits);
  if (full) return full;
  if (pace.started >= limits.uploadsPerMinute) {
    return new Refusal('upload_rate_exceeded', {
      limit: limits.uploadsPerMinute,
      actual: pace.started,
      retry_after: Math.min(60, Math.max(1, Math.ceil(pace.secondsToNext))),
    });
  }
  return undefined;
}

/** One number for the locks of uploaders, apart from whatever else hashes to the same key. */
const UPLOADER_LOCK = 1;

/**
 * One upload of a person at a time passes this point. Not a lock of their row: whoever admits or replies holds that,
 * shared, until the disk has it, and beginning another upload need not wait for the disk.
 */
export const lockUploader = statement<{ userId: string }, unknown>((db, its) =>
  sql`SELECT pg_advisory_xact_lock(hashtextextended(${its('userId')}, ${UPLOADER_LOCK}))`.compile(db),
);

/** A time in the future is from before the clock was set back: it counts for nothing, or would lock people out until then. */
export const paceOf = statement<{ userId: string; uploadsPerMinute: number }, Pace>((db, its) =>
  sql<Pace>`
    SELECT
      count(*) AS started,
      coalesce(60 - extract(epoch FROM now() - min(created_at)), 0)::float8 AS "secondsToNext",
      (
        SELECT count(*) FROM uploads WHERE owner_id = ${its('userId')} AND state = 'receiving' AND ${leaseHolds}
      ) AS open
    FROM (
      SELECT created_at FROM uploads
      WHERE owner_id = ${its('userId')}
        AND created_at > now() - interval '60 seconds' AND created_at <= clock_timestamp()
      ORDER BY created_at DESC LIMIT ${its('uploadsPerMinute')}
    ) AS last_minute
  `.compile(db),
);

/** Whether an upload holds its room: while its request is open, and a resumable one also between two, for its term. */
const isOnItsWay = sql<boolean>`(${leaseHolds} OR (upload_length IS NOT NULL AND expires_at > now()))`;

interface InLedger extends TicketLedger {
  /** Not to be counted among what is on its way. */
  uploadId: string;
}

/** The first file of a ticket opens its ledger. */
const openLedger = statement<InLedger, Ledger>((db, its) =>
  sql<Ledger>`
    INSERT INTO attachment_totals (ticket_id, internal) VALUES (${its('ticketId')}, ${its('internal')})
    ON CONFLICT DO NOTHING
  `.compile(db),
);
const holdLedger = statement<InLedger, Ledger>((db, its) =>
  sql<Ledger>`
    SELECT file_count AS files, total_size AS size FROM attachment_totals
    WHERE ticket_id = ${its('ticketId')} AND internal = ${its('internal')} FOR UPDATE
  `.compile(db),
);
const countArriving = statement<InLedger, Ledger>((db, its) =>
  sql<Ledger>`
    SELECT count(*) AS files, coalesce(sum(reserved_size), 0)::bigint AS size FROM uploads
    WHERE ticket_id = ${its('ticketId')} AND internal = ${its('internal')} AND state = 'receiving'
      AND id <> ${its('uploadId')} AND ${isOnItsWay}
  `.compile(db),
);

/**
 * Locks the ledger of a ticket until the transaction ends. The rows of all these statements add up to what it holds,
 * counting what is on its way except `uploadId`.
 */
export function ticketLedger(ticket: TicketLedger, uploadId = ''): readonly CompiledQuery<Ledger>[] {
  return [openLedger, holdLedger, countArriving].map((ask) => ask({ ...ticket, uploadId }));
}

const countStaged = statement<{ userId: string; uploadId: string }, Ledger>((db, its) =>
  sql<Ledger>`
    SELECT count(*) AS files, coalesce(sum(coalesce(file_size, reserved_size)), 0)::bigint AS size FROM uploads
    WHERE owner_id = ${its('userId')} AND id <> ${its('uploadId')} AND ticket_id IS NULL
      AND ((state = 'ready' AND expires_at > now()) OR (state = 'receiving' AND ${isOnItsWay}))
  `.compile(db),
);

/** The same of what a person has staged or is about to. Their lock is held by whoever asks. */
export function stagedLedger(userId: string, uploadId: string): readonly CompiledQuery<Ledger>[] {
  return [countStaged({ userId, uploadId })];
}

/** Books live files onto the ledger, or off it with negative numbers. The caller holds its lock. */
export const book = statement<TicketLedger & Ledger, unknown>((db, its) =>
  sql`
    UPDATE attachment_totals
    SET file_count = file_count + ${its('files')}, total_size = total_size + ${its('size')}
    WHERE ticket_id = ${its('ticketId')} AND internal = ${its('internal')}
  `.compile(db),
);

export function sum(ledgers: readonly Ledger[]): Ledger {
  return {
    files: ledgers.reduce((total, one) => total + one.files, 0),
    size: ledgers.reduce((total, one) => total + one.size, 0),
  };
}
