import type { Readable } from 'node:stream';
import type { Transaction } from 'kysely';
import type { Schema } from '../../db/schema.ts';
import { record } from '../events.ts';
import type { Parts } from '../parts.ts';
import { MissingObject } from '../store/store.ts';
import { isSamePlace } from '../store/stores.ts';
import { enter } from './ledger.ts';
import { quarantine } from './quarantine.ts';
import type { SendingScan } from './queue.ts';
import { type Scan, ScanFailed, type Scanner, ScannerUnavailable } from './scanner.ts';
import { createSlots } from './slots.ts';
import { changeSubject, type Subject, subjectOf } from './subject.ts';
import { type Verdict, verdictOf, verdictOfFailure } from './verdict.ts';

/** What scanning needs beside the room's own parts. */
export interface ScanParts {
  scanner: Scanner;
  sending: SendingScan;
  /** How many scans run at once among all instances. */
  concurrency: number;
  /** This process, by `Notifications.instance`. */
  instance: number;
}

/** What came of a scan: a verdict is there, the scanner was away, or it failed and another try is worth it. */
export type Outcome = 'judged' | 'away' | 'failed' | 'gone';

export type Scanning = ReturnType<typeof createScanning>;

/** Files are looked at and judged. In doubt they are held: nothing here makes a file clean but the scanner's word. */
export function createScanning(
  parts: Pick<Parts, 'db' | 'stores' | 'log'>,
  { scanner, concurrency, instance }: Pick<ScanParts, 'scanner' | 'concurrency' | 'instance'>,
) {
  const { db, stores, log } = parts;
  const closing = new AbortController();
  const { inSlot } = createSlots({ db, log, instance, places: concurrency });
  let isAway = false;

  /**
   * Has the scanner look at a file, and judges it. Harmless at any moment and beside others. A scanner that is away is
   * no attempt: the file stays as it is. Rejects when Docket ends, and for faults of ours.
   */
  function scan(fileId: string): Promise<Outcome> {
    return inSlot(closing.signal, async () => {
      const subject = await subjectOf(db, fileId);
      if (!subject) return 'gone';
      const began = performance.now();
      try {
        const seen = await scanner.scan(
          { size: subject.file_size, sha256: subject.sha256, read: () => bytesOf(subject) },
          closing.signal,
        );
        back();
        await judge(subject, seen, performance.now() - began);
        return 'judged';
      } catch (error) {
        if (error instanceof ScannerUnavailable) return away(error);
        if (error instanceof MissingObject) return await lost(subject);
        if (error instanceof ScanFailed) return await fail(subject, error, performance.now() - began);
        throw error;
      }
    });
  }

  /** They may have moved since the row was read. */
  async function bytesOf(subject: Subject): Promise<Readable> {
    try {
      return await stores.at(subject).read(subject.file_path);
    } catch (error) {
      const now = error instanceof MissingObject && (await subjectOf(db, subject.id));
      if (!now || isSamePlace(now, subject)) throw error;
      return stores.at(now).read(now.file_path);
    }
  }

  async function judge(subject: Subject, { finding, engine, bytes }: Scan, took: number): Promise<void> {
    const result = 'signature' in finding ? finding.signature : 'reason' in finding ? finding.reason : null;
    const found = { file_id: subject.id, bytes, duration_ms: took, verdict: finding.verdict, result };
    const verdict = verdictOf(finding, subject);
    await db.transaction().execute(async (trx) => {
      await enter(trx, engine, found);
      await settle(trx, subject, verdict ?? {});
    });
    if (verdict?.virus_scan_status === 'infected') {
      log.warn({ file: subject.id, found: result }, 'malware was found, and is kept from everybody');
      await quarantine(parts, subject.id);
    }
  }

  /**
   * Whatever became of the file meanwhile but another verdict: then that one stands. Where a second look finds the same
   * the row is left as it is, with the time when that was found first.
   */
  async function settle(
    trx: Transaction<Schema>,
    { id, virus_scan_status, virus_scan_result, scan_attempts }: Subject,
    verdict: Partial<Verdict>,
  ): Promise<void> {
    const was = { virus_scan_status };
    const then = { virus_scan_status, virus_scan_result, ...verdict };
    const isNews =
      then.virus_scan_status !== virus_scan_status || then.virus_scan_result !== virus_scan_result;
    if (!isNews && scan_attempts === 0) return;
    const changed = await changeSubject(trx, id, was, { ...(isNews && verdict), scan_attempts: 0 });
    const now = verdict.virus_scan_status;
    if (!changed || !now || now === virus_scan_status) return;
    const { ticket_id: ticketId } = changed;
    const detail = { verdict: now, result: verdict.virus_scan_result ?? null };
    const about = ticketId ? { ticketId, attachmentId: id } : { uploadId: id };
    await record(trx, { event: 'scanned', by: null, ...about, detail });
  }

  async function fail(subject: Subject, { message }: ScanFailed, took: number): Promise<Outcome> {
    const attempts = subject.scan_attempts + 1;
    const verdict = verdictOfFailure(attempts, subject, message);
    log.warn({ file: subject.id, attempts, reason: message }, 'the scanner failed at a file');
    const engine = { name: scanner.name, version: '', signatures: '', signaturesAt: null };
    await db.transaction().execute(async (trx) => {
      const found = { bytes: 0, duration_ms: took, verdict: 'failed' as const, result: message };
      await enter(trx, engine, { file_id: subject.id, ...found });
      const was = { virus_scan_status: subject.virus_scan_status };
      if (verdict) await settle(trx, subject, verdict === 'keep' ? {} : verdict);
      else await changeSubject(trx, subject.id, was, { scan_attempts: attempts });
    });
    return verdict ? 'judged' : 'failed';
  }

  async function lost(subject: Subject): Promise<Outcome> {
    if (!(await subjectOf(db, subject.id))) return 'gone';
    log.error({ alarm: 'integrity', file: subject.id, key: subject.file_path }, 'a stored file is missing');
    const verdict = { virus_scan_status: 'unscannable', virus_scan_result: 'its bytes are missing' } as const;
    await db.transaction().execute((trx) => settle(trx, subject, verdict));
    return 'judged';
  }

  function away({ message }: ScannerUnavailable): Outcome {
    if (!isAway) log.warn({ reason: message }, 'the virus scanner does not answer; files wait for it');
    isAway = true;
    return 'away';
  }

  function back(): void {
    if (isAway) log.info({}, 'the virus scanner is back');
    isAway = false;
  }

  return { scan, close: () => closing.abort(new Error('Docket ends')) };
}
