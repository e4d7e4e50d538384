import { Refusal } from '../../refusals.ts';
import { record } from '../events.ts';
import type { Grant } from '../grant.ts';
import type { Page } from '../listing.ts';
import type { Parts } from '../parts.ts';
import { listBlocked } from './blocked.ts';
import { queueWaiting, scanJob } from './queue.ts';
import { release } from './release.ts';
import { rescanPass } from './rescan.ts';
import { ScannerUnavailable } from './scanner.ts';
import { createScanning, type Outcome } from './scanning.ts';
import { type Selection, selected } from './selection.ts';
import { subjectOf } from './subject.ts';

/** Everything that has to do with verdicts. Without a scanner nothing is looked at, and what is blocked stays so. */
export function createScans(parts: Parts) {
  const { db, scans } = parts;
  const scanning = scans && createScanning(parts, scans);

  function needed() {
    if (!scans || !scanning) throw new Refusal('scanner_none');
    return { ...scans, ...scanning };
  }

  /** Does a queued scan. Throws where it is to be tried again. */
  async function work(fileId: string): Promise<void> {
    const outcome = await needed().scan(fileId);
    if (outcome === 'failed') throw new Error('the scanner failed at this file');
    if (outcome !== 'away') return;
    // What waits for its first verdict is queued again by `resume`.
    const file = await subjectOf(db, fileId);
    if (file && file.virus_scan_status !== 'pending') throw new Error('the scanner is away');
  }

  /** Queues what waits for a verdict without a job, if the scanner answers. Resolves to how many. */
  async function resume(): Promise<number> {
    const { scanner, sending } = needed();
    try {
      await scanner.engine();
    } catch (error) {
      if (error instanceof ScannerUnavailable) return 0;
      throw error;
    }
    return queueWaiting(db, sending);
  }

  /** Has a file looked at again, soon; it keeps its verdict until then. Throws `scanner_none`. */
  async function ask(grant: Grant<'rescan'>): Promise<void> {
    const { sending } = needed();
    await db.transaction().execute(async (trx) => {
      await grant.stillHolds(trx);
      const file = await subjectOf(trx, grant.attachmentId);
      if (!file) throw new Refusal('attachment_not_found');
      await trx.executeQuery(await sending(scanJob({ id: file.id, size: file.file_size })));
      await record(trx, { event: 'rescan_asked', by: grant.by, attachmentId: file.id });
    });
  }

  /** Looks at all selected files again, one after the other, and tells of each. Throws `scanner_none`. */
  async function again(
    selection: Selection,
    tell: (progress: { done: number; total: number; outcome: Outcome; verdict: string | undefined }) => void,
  ): Promise<void> {
    const { scan } = needed();
    const files = selected(db, selection);
    const total = await files.count();
    let done = 0;
    for await (const id of files.ids()) {
      const outcome = await scan(id);
      done += 1;
      tell({ done, total, outcome, verdict: (await subjectOf(db, id))?.virus_scan_status });
      if (outcome === 'away') return;
    }
  }

  return {
    isOn: scans !== undefined,
    scan: (fileId: string) => needed().scan(fileId),
    work,
    resume,
    /** See `rescanPass`. */
    pass: () => rescanPass(parts, needed()),
    ask,
    again,
    release: (grant: Grant<'release'>, reason: string) => release(parts, grant, reason),
    listBlocked: (grant: Grant<'list_blocked'>, page: Page) => listBlocked(db, grant, page),
    close: () => scanning?.close(),
  };
}
