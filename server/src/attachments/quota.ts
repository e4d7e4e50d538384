import { sql, type Transaction } from 'kysely';
import type { Schema } from '../db/schema.ts';
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

type Trx = Transaction<Schema>;

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

/** Why somebody may not start another upload now; undefined where they may. */
export function refusePace(pace: Pace, limits: Limits): Refusal | undefined {
  if (pace.open >= limits.concurrentUploads) {
    return new Refusal('upload_slots_exceeded', {
      limit: limits.concurrentUploads,
      actual: pace.open,
      retry_after: 1,
    });
  }
  if (pace.started >= limits.uploadsPerMinute) {
    return new Refusal('upload_rate_exceeded', {
      limit: limits.uploadsPerMinute,
      actual: pace.started,
      retry_after: Math.min(60, Math.max(1, Math.ceil(pace.secondsToNext))),
    });
  }
  return undefined;
}

/** One upload of a person at a time passes this point. FOR NO KEY UPDATE lets rows that point to them be written. */
export async function lockUploader(trx: Trx, userId: string): Promise<void> {
  await sql`SELECT 1 FROM users WHERE id = ${userId} FOR NO KEY UPDATE`.execute(trx);
}

/** A time in the future is from before the clock was set back: it counts for nothing, or would lock people out until then. */
export async function paceOf(trx: Trx, userId: string, limits: Limits): Promise<Pace> {
  const { rows } = await sql<Pace>`
    WITH recent AS (
      SELECT created_at, state, lease_until FROM uploads
      WHERE owner_id = ${userId} AND created_at > now() - interval '1 day'
    ), last_minute AS (
      SELECT created_at FROM recent
      WHERE created_at > now() - interval '60 seconds' AND created_at <= clock_timestamp()
      ORDER BY created_at DESC LIMIT ${limits.uploadsPerMinute}
    )
    SELECT
      (SELECT count(*) FROM last_minute) AS started,
      (SELECT count(*) FROM recent WHERE state = 'receiving' AND ${leaseHolds}) AS open,
      coalesce(60 - extract(epoch FROM now() - (SELECT min(created_at) FROM last_minute)), 0)::float8 AS "secondsToNext"
  `.execute(trx);
  return rows[0] ?? { started: 0, open: 0, secondsToNext: 0 };
}

/** Locks the ledger until the transaction ends, and tells what it holds, counting what is on its way except `uploadId`. */
export async function lockTicketLedger(
  trx: Trx,
  { ticketId, internal }: TicketLedger,
  uploadId = '',
): Promise<Ledger> {
  await sql`
    INSERT INTO attachment_totals (ticket_id, internal) VALUES (${ticketId}, ${internal}) ON CONFLICT DO NOTHING
  `.execute(trx);
  const { rows } = await sql<Ledger>`
    WITH held AS (
      SELECT file_count, total_size FROM attachment_totals
      WHERE ticket_id = ${ticketId} AND internal = ${internal} FOR UPDATE
    )
    SELECT held.file_count AS files, held.total_size AS size FROM held
  `.execute(trx);
  const arriving = await sql<Ledger>`
    SELECT count(*) AS files, coalesce(sum(reserved_size), 0)::bigint AS size FROM uploads
    WHERE ticket_id = ${ticketId} AND internal = ${internal} AND state = 'receiving' AND id <> ${uploadId}
      AND ${leaseHolds}
  `.execute(trx);
  return sum(rows[0], arriving.rows[0]);
}

/** What a person has staged or is about to, except `uploadId`. The caller holds the uploader's lock. */
export async function stagedLedger(trx: Trx, userId: string, uploadId: string): Promise<Ledger> {
  const { rows } = await sql<Ledger>`
    SELECT count(*) AS files, coalesce(sum(coalesce(file_size, reserved_size)), 0)::bigint AS size FROM uploads
    WHERE owner_id = ${userId} AND id <> ${uploadId} AND ticket_id IS NULL
      AND ((state = 'ready' AND expires_at > now()) OR (state = 'receiving' AND ${leaseHolds}))
  `.execute(trx);
  return sum(rows[0]);
}

/** Books live files onto the ledger, or off it with negative numbers. The caller holds its lock. */
export async function book(trx: Trx, { ticketId, internal }: TicketLedger, change: Ledger): Promise<void> {
  await sql`
    UPDATE attachment_totals
    SET file_count = file_count + ${change.files}, total_size = total_size + ${change.size}
    WHERE ticket_id = ${ticketId} AND internal = ${internal}
  `.execute(trx);
}

function sum(...ledgers: (Ledger | undefined)[]): Ledger {
  return {
    files: ledgers.reduce((total, one) => total + (one?.files ?? 0), 0),
    size: ledgers.reduce((total, one) => total + (one?.size ?? 0), 0),
  };
}
