import { newId } from '../api/new-id.ts';
import type { ApiProblem } from '../api/problem.ts';
import type { StagedUpload } from './api.ts';
import type { DraftFile } from './drafts.ts';
import { mayGoBetter } from './failures.ts';
import type { FileState, QueuedFile, Way } from './queue.ts';

/** The verdict on a chosen file: refused, asked about, or free to go. */
export type Verdict = ApiProblem | 'ask' | null;

export function queuedFile(file: File, verdict: Verdict, way: Way): QueuedFile {
  return {
    ...{ id: newId(), file, idempotencyKey: newId(), way },
    ...{ uploadId: null, durable: 0, failures: 0, kept: false, state: stateBy(verdict) },
  };
}

function stateBy(verdict: Verdict): FileState {
  if (verdict === null) return { at: 'waiting' };
  if (verdict === 'ask') return { at: 'asking' };
  return { at: 'failed', problem: verdict, again: mayGoBetter(verdict) };
}

/**
 * Staged still: done. In pieces: goes on where they end. Staged once and gone: sent anew under a new key, since the old
 * one would get the old answer. Cut off on its way: sent under the same key, so that an answer that was lost is found.
 */
export function restored({ paused, ...kept }: DraftFile, staged: readonly StagedUpload[]): QueuedFile {
  const upload = staged.find((one) => one.id === kept.uploadId);
  const whole = kept.file instanceof File;
  const queued = { ...kept, durable: 0, failures: 0, kept: whole };
  if (upload) return { ...queued, kept: true, state: { at: 'done', result: upload } };
  const fresh = kept.way === 'pieces' || kept.uploadId === null;
  return {
    ...queued,
    ...(!fresh && { uploadId: null, way: 'form', idempotencyKey: newId() }),
    state: !whole ? { at: 'missing', wrong: null } : paused ? { at: 'paused', sent: 0 } : { at: 'waiting' },
  };
}

/** As the draft keeps it. */
export function draftFileOf({ id, file, idempotencyKey, way, uploadId, state }: QueuedFile): DraftFile {
  return {
    ...{ id, file, idempotencyKey, way, paused: state.at === 'paused' },
    uploadId: state.at === 'done' ? state.result.id : uploadId,
  };
}
