import { ApiProblem } from '../api/problem.ts';
import type { Attachment, SendOptions, StagedUpload } from './api.ts';
import type { Draft, DraftFile } from './drafts.ts';
import type { Queue, QueuedFile } from './queue.ts';
import * as queue from './queue.ts';

/** What the machine does with a file; `discard` only where a file that has arrived can still be taken back. */
export interface Line {
  send(file: File, options: SendOptions): Promise<Attachment | StagedUpload>;
  discard?(result: Attachment | StagedUpload): Promise<void>;
}

/** What has happened, once and in order; a queue alone shows only how things are. */
export type UploadEvent =
  | { type: 'added'; files: File[] }
  | { type: 'done'; file: QueuedFile; result: Attachment | StagedUpload }
  | { type: 'failed'; file: QueuedFile; problem: ApiProblem }
  | { type: 'not_kept'; file: QueuedFile };

/** The verdict on a chosen file: refused, asked about, or free to go. */
export type Judge = (file: File, queue: Queue) => ApiProblem | 'ask' | null;

export interface Uploads {
  get(): Queue;
  subscribe(listener: () => void): () => void;
  on(listener: (event: UploadEvent) => void): () => void;
  add(files: readonly File[], judge: Judge): void;
  /** Goes on with what an earlier page has left; `staged` are the uploads that still exist. */
  restore(files: DraftFile[], staged: StagedUpload[]): void;
  confirm(id: string): void;
  retry(id: string): void;
  /** Calls a file off, takes a staged one back, dismisses a refusal. */
  remove(id: string): void;
  /** The files now belong to a ticket or reply: nothing is taken back. */
  clear(): void;
  setAtOnce(limit: number): void;
  setOnline(online: boolean): void;
  /** Interrupts what is on its way, until `setOnline(true)`. */
  stop(): void;
}

/** Moves files from the queue to the server, `AT_ONCE` at a time, and goes on by itself after waits and cuts. */
export function createUploads(line: Line, draft: Draft | null, online: boolean): Uploads {
  let state = queue.emptyQueue(online);
  let atOnce = queue.AT_ONCE;
  let wake: ReturnType<typeof setTimeout> | undefined;
  const sending = new Map<string, AbortController>();
  const listeners = new Set<() => void>();
  const hearers = new Set<(event: UploadEvent) => void>();

  function set(next: Queue): void {
    state = next;
    for (const listener of listeners) listener();
  }

  function tell(event: UploadEvent): void {
    for (const hear of hearers) hear(event);
  }

  /** Starts what may start, and comes back when a hold ends. */
  function goOn(): void {
    const now = Date.now();
    clearTimeout(wake);
    set(queue.released(state, now));
    for (const file of queue.startable(state, now, atOnce)) void send(file);
    if (state.hold) wake = setTimeout(goOn, state.hold.until - now);
  }

  async function send(queued: QueuedFile): Promise<void> {
    const { id, file, idempotencyKey } = queued;
    const abort = new AbortController();
    sending.set(id, abort);
    set(queue.started(state, id, Date.now()));
    const onProgress = (sent: number) => set(queue.progressed(state, id, sent, Date.now()));
    try {
      const result = await line.send(file, { idempotencyKey, signal: abort.signal, onProgress });
      if (abort.signal.aborted) return;
      set(queue.succeeded(state, id, result));
      keep(queued, result.id);
      tell({ type: 'done', file: queued, result });
    } catch (thrown) {
      if (abort.signal.aborted) return;
      fail(queued, asProblem(thrown));
    } finally {
      if (sending.get(id) === abort) sending.delete(id);
      goOn();
    }
  }

  function fail(queued: QueuedFile, problem: ApiProblem): void {
    set(queue.failed(state, queued.id, problem, Date.now()));
    if (queue.find(state, queued.id)?.state.at === 'failed') tell({ type: 'failed', file: queued, problem });
  }

  function keep({ id, file, idempotencyKey }: QueuedFile, uploadId: string | null): void {
    draft?.keep({ id, file, idempotencyKey, uploadId }).catch(() => {
      const queued = queue.find(state, id);
      if (queued) tell({ type: 'not_kept', file: queued });
    });
  }

  function forget(id: string): void {
    // What could not be forgotten is staged no more, or is offered once again: nothing is lost either way.
    draft?.forget(id).catch(() => undefined);
  }

  return {
    get: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    on(hear) {
      hearers.add(hear);
      return () => hearers.delete(hear);
    },

    add(files, judge) {
      const fresh: QueuedFile[] = [];
      for (const file of files) {
        const queued = queuedFile(file, judge(file, queue.added(state, fresh)));
        fresh.push(queued);
      }
      set(queue.added(state, fresh));
      tell({
        type: 'added',
        files: fresh.filter((file) => file.state.at !== 'failed').map(({ file }) => file),
      });
      for (const queued of fresh) {
        const { state: fate } = queued;
        if (fate.at === 'failed') tell({ type: 'failed', file: queued, problem: fate.problem });
        if (fate.at === 'waiting') keep(queued, null);
      }
      goOn();
    },

    restore(files, staged) {
      const known = new Set(state.files.map(({ id }) => id));
      const left = files.filter(({ id }) => !known.has(id));
      set(
        queue.added(
          state,
          left.map((file) => restored(file, staged)),
        ),
      );
      goOn();
    },

    confirm(id) {
      set(queue.confirmed(state, id));
      const queued = queue.find(state, id);
      if (queued) keep(queued, null);
      goOn();
    },

    retry(id) {
      set(queue.retried(state, id));
      goOn();
    },

    remove(id) {
      const queued = queue.find(state, id);
      if (!queued) return;
      sending.get(id)?.abort();
      set(queue.removed(state, id));
      forget(id);
      // Expires by itself where the server cannot be reached.
      if (queued.state.at === 'done') line.discard?.(queued.state.result).catch(() => undefined);
      goOn();
    },

    clear() {
      for (const abort of sending.values()) abort.abort();
      // Another tab may have files of its own in the same draft.
      for (const { id } of state.files) forget(id);
      set({ ...state, files: [] });
    },

    setAtOnce(limit) {
      atOnce = Math.max(1, Math.min(queue.AT_ONCE, limit));
      goOn();
    },

    setOnline(online) {
      set(online ? queue.cameOnline(state) : queue.wentOffline(state));
      goOn();
    },

    stop() {
      for (const abort of sending.values()) abort.abort();
      set(queue.wentOffline(queue.interrupted(state)));
      clearTimeout(wake);
    },
  };
}

/** Whatever is thrown and is no refusal is a fault of ours. */
function asProblem(thrown: unknown): ApiProblem {
  return thrown instanceof ApiProblem ? thrown : new ApiProblem('internal_error', 500);
}

function queuedFile(file: File, verdict: ReturnType<Judge>): QueuedFile {
  const state: queue.FileState =
    verdict === 'ask'
      ? { at: 'asking' }
      : verdict
        ? { at: 'failed', problem: verdict, again: queue.mayGoBetter(verdict) }
        : { at: 'waiting' };
  return { id: crypto.randomUUID(), file, idempotencyKey: crypto.randomUUID(), state };
}

/**
 * Staged still: done. Staged once and gone: sent anew under a new key, since the old one would get the old answer.
 * Cut off on its way: sent under the same key, so that an answer that was lost is found again.
 */
function restored(kept: DraftFile, staged: StagedUpload[]): QueuedFile {
  const { id, file, idempotencyKey, uploadId } = kept;
  const upload = staged.find((one) => one.id === uploadId);
  if (upload) return { id, file, idempotencyKey, state: { at: 'done', result: upload } };
  return {
    id,
    file,
    idempotencyKey: uploadId === null ? idempotencyKey : crypto.randomUUID(),
    state: { at: 'waiting' },
  };
}
