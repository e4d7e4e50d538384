import { basename } from 'node:path';
import { Refusal, type RefusalCode } from '../../refusals.ts';
import type { AdmitUploads } from '../admission.ts';
import type { Grant } from '../grant.ts';
import { type Leases, leaseEnd } from '../lease.ts';
import type { Parts } from '../parts.ts';
import type { SpooledFile } from '../spool.ts';
import type { Whereabouts } from '../store/stores.ts';
import type { OpenUpload, Uploads } from '../uploads.ts';
import { type Assembly, spoolName } from './assembly.ts';
import { bytesOf, removeSegments } from './segments.ts';
import { openUploadOf, ownUpload, type ResumableUpload } from './upload.ts';

/** What may pass: the bytes wait for it. */
const PASSING: ReadonlySet<RefusalCode> = new Set([
  'storage_full',
  'storage_unavailable',
  'database_unavailable',
  'upload_expired',
]);

export type Finish = ReturnType<typeof createFinishing>['finish'];

interface Ways {
  uploads: Uploads;
  admission: AdmitUploads;
  leases: Leases;
  assembly: Assembly;
}

/** The end of the way: pieces become a file, which goes through the same funnel as any other. */
export function createFinishing(parts: Parts, { uploads, admission, leases, assembly }: Ways) {
  const { spool, log } = parts;
  const tidying = new Set<Promise<unknown>>();

  /**
   * Puts an upload whose bytes are all there onto its ticket, or stages it. Doing it again after a crash, at whatever
   * instant, has the same end. Throws the refusal, which is remembered where it is final. The caller holds the lock.
   */
  async function finish(
    grant: Grant<'attach'> | Grant<'stage'>,
    upload: ResumableUpload,
  ): Promise<ResumableUpload> {
    // Where files go now, which may be elsewhere, or under another key, than when it began.
    const at = parts.stores.here;
    const open = { ...openUploadOf(upload, grant.by), at };
    await takeLease(upload.id, at);
    try {
      await admitWhole(grant, upload, open);
    } catch (error) {
      if (error instanceof Refusal && !PASSING.has(error.code)) await uploads.abandon(open, error);
      throw error;
    } finally {
      leases.drop(upload.id);
    }
    tidy(upload.id);
    return ownUpload(parts.db, grant.by, upload.id);
  }

  /** Nobody waits for it, and what a crash leaves the sweep finds. */
  function tidy(id: string): void {
    const work = removeSegments(parts, id).catch((error: unknown) =>
      log.warn({ err: error, upload: id }, 'pieces were not removed; the sweep will do it'),
    );
    tidying.add(work);
    void work.finally(() => tidying.delete(work));
  }

  async function takeLease(id: string, at: Whereabouts): Promise<void> {
    await parts.db
      .updateTable('uploads')
      .set({ lease_until: leaseEnd, ...at })
      .where('id', '=', id)
      .where('state', '=', 'receiving')
      .execute();
    leases.hold(id);
  }

  async function admitWhole(
    grant: Grant<'attach'> | Grant<'stage'>,
    { id, length, fileName, description }: ResumableUpload,
    open: OpenUpload,
  ): Promise<void> {
    const file = (await assembly.take(id, length)) ?? (await assembled(id, length));
    try {
      if (file.size !== length) throw new Error(`the pieces of upload ${id} are not the whole file`);
      const stored = await uploads.keep(open, fileName, file);
      if ('ticketId' in grant) await admission.admit(grant, stored, { description });
      else await admission.stage(grant, stored, { description });
    } finally {
      await spool.remove(basename(file.path));
    }
  }

  function assembled(id: string, length: number): Promise<SpooledFile> {
    return spool.receive(spoolName(id, 'whole'), bytesOf(parts, id), length);
  }

  return {
    finish,
    /** Resolves when nothing is being tidied up any more. */
    close: () => Promise.all(tidying),
  };
}
