import { ApiProblem } from '../api/problem.ts';
import type { Attachment, PieceOptions, SendOptions, StagedUpload } from './api.ts';
import { isSameFile } from './chosen-file.ts';
import type { Draft, DraftFile } from './drafts.ts';
import { failed } from './failures.ts';
import type { Queue, QueuedFile } from './queue.ts';
import * as queue from './queue.ts';
import { draftFileOf, queuedFile, restored, type Verdict } from './queued-file.ts';
import { wasBlocked } from './verdict.ts';

/** What the machine does with a file; `discard` only where a file that has arrived can still be taken back. */
export interface Line {
  send(file: File, options: SendOptions): Promise<Attachment | StagedUpload>;
  sendInPieces(file: File, options: PieceOptions): Promise<Attachment | StagedUpload>;
  /** Ends what has arrived in part. */
  giveUp(uploadId: string): Promise<void>;
  discard?(result: Attachment | StagedUpload): Promise<void>;
}

/** What has happened, once and in order; a queue alone shows only how things are. */
export type UploadEvent =
  | { type: 'added'; files: File[] }
  | { type: 'done'; file: QueuedFile; result: Attachment | StagedUpload }
  | { type: 'failed'; file: QueuedFile; problem: ApiProblem }
  | { type: 'blocked'; file: QueuedFile; result: StagedUpload }
  | { type: 'paused' | 'resumed' | 'not_kept'; file: QueuedFile }
  | { type: 'not_the_same'; file: QueuedFile; chosen: string };

export type Judge = (file: File, queue: Queue) => Verdict;

/** Larger files go in pieces; both in bytes. */
export interface Pieces {
  above: number;
  size: number;
}

export interface Uploads {
  get(): Queue;
  subscribe(listener: () => void): () => void;
  on(listener: (event: UploadEvent) => void): () => void;
  add(files: readonly File[], judge: Judge): void;
  /** Goes on with what an earlier page has left; `staged` are the uploads that still exist. */
  restore(files: DraftFile[], staged: StagedUpload[]): void;
  confirm(id: string): void;
  retry(id: string): void;
  pause(id: string): void;
  resume(id: string): void;
  /** The file that an earlier page could not keep, chosen again: goes on with it, if it is the same. */
  supply(id: string, file: File): void;
  /** A staged file has a verdict now: what the server knows of it since. */
  judged(uploadId: string, record: StagedUpload): void;
  /** Calls a file off, takes a staged one back, dismisses a refusal. */
  remove(id: string): void;
  /** These files, by their ids in the queue, now belong to a ticket or reply: nothing of them is taken back. */
  clear(ids: readonly string[]): void;
  setAtOnce(limit: number): void;
  setPieces(pieces: Pieces): void;
  setOnline(online: boolean): void;
  /** Interrupts what is on its way, until `setOnline(true)`. */
  stop(): void;
}

const MB = 1024 * 1024;

/** Moves files from the queue to the server, `AT_ONCE` at a time, and goes on by itself after waits and cuts. */
export function createUploads(line: Line, draft: Draft | null, online: boolean): Uploads {
  let state = queue.emptyQueue(online);
  let atOnce = queue.AT_ONCE;
  // Until the server has told its own.
  let pieces: Pieces = { above: 10 * MB, size: 8 * MB };
  let wake: ReturnType<typeof setTimeout> | undefined;
  const sending = new Map<string, AbortController>();
  const unkept = new Set<string>();
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
    const { id } = queued;
    const abort = new AbortController();
    sending.set(id, abort);
    set(queue.started(state, id, Date.now()));
    try {
      const result = await sendBy(queued, abort.signal);
      if (abort.signal.aborted) return;
      set(queue.succeeded(state, id, result));
      keep(id);
      tell({ type: 'done', file: queued, result });
    } catch (thrown) {
      if (abort.signal.aborted) return;
      fail(queued, asProblem(thrown));
    } finally {
      if (sending.get(id) === abort) sending.delete(id);
      goOn();
    }
  }

  async function sendBy(queued: QueuedFile, signal: AbortSignal): Promise<Attachment | StagedUpload> {
    const { id, file, idempotencyKey, uploadId, way } = queued;
    // Nothing waits that has no bytes.
    if (!(file instanceof File)) throw new ApiProblem('file_missing', 0);
    const onProgress = (sent: number) => {
      if (!signal.aborted) set(queue.progressed(state, id, sent, Date.now()));
    };
    if (way !== 'pieces') return line.send(file, { idempotencyKey, signal, onProgress });
    return line.sendInPieces(file, {
      ...{ uploadId, pieceSize: pieces.size, signal, onProgress },
      onBegun: (begun) => {
        // Called off while the server was still asked, or begun once more since.
        const now = sending.get(id);
        const late = now && now.signal !== signal;
        if (late || !queue.find(state, id)) return giveUp(begun);
        set(queue.begun(state, id, begun));
        keep(id);
      },
      onOffset: (offset, resumed) => {
        if (!signal.aborted) set(queue.confirmedBytes(state, id, offset, Date.now(), resumed));
      },
    });
  }

  function fail(queued: QueuedFile, problem: ApiProblem): void {
    set(failed(state, queued.id, problem, Date.now()));
    const fate = queue.find(state, queued.id)?.state;
    // What is refused for good is not offered again after a reload.
    if (fate?.at === 'failed' && !fate.again) forget(queued.id);
    else keep(queued.id);
    if (fate?.at === 'failed') tell({ type: 'failed', file: queued, problem });
  }

  /** Notes how things stand with a file, for a later page. */
  function keep(id: string): void {
    const queued = queue.find(state, id);
    if (!draft || !queued) return;
    const noted = (whole: boolean) => {
      set(queue.kept(state, id, whole));
      // Told when it was chosen, once.
      const told = queue.find(state, id);
      if (told && !whole && !unkept.has(id)) tell({ type: 'not_kept', file: told });
      if (!whole) unkept.add(id);
    };
    draft.keep(draftFileOf(queued)).then(noted, () => noted(false));
  }

  function forget(id: string): void {
    // What could not be forgotten is staged no more, or is offered once again: nothing is lost either way.
    draft?.forget(id).catch(() => undefined);
  }

  /** Expires by itself where the server cannot be reached. */
  function giveUp(uploadId: string): void {
    line.giveUp(uploadId).catch(() => undefined);
  }

  function supply(id: string, file: File): void {
    const queued = queue.find(state, id);
    if (queued?.state.at !== 'missing') return;
    if (isSameFile(queued.file, file)) {
      set(queue.supplied(state, id, file));
      keep(id);
      tell({ type: 'resumed', file: queued });
      goOn();
    } else {
      set(queue.notSupplied(state, id, file.name));
      tell({ type: 'not_the_same', file: queued, chosen: file.name });
    }
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
        const missed = state.files.find((one) => one.state.at === 'missing' && isSameFile(one.file, file));
        if (missed) {
          supply(missed.id, file);
          continue;
        }
        const way = file.size > pieces.above ? 'pieces' : 'form';
        fresh.push(queuedFile(file, judge(file, queue.added(state, fresh)), way));
      }
      set(queue.added(state, fresh));
      const taken = fresh.filter(({ state }) => state.at !== 'failed');
      tell({ type: 'added', files: taken.flatMap(({ file }) => (file instanceof File ? [file] : [])) });
      for (const queued of fresh) {
        const { state: fate } = queued;
        if (fate.at === 'failed') tell({ type: 'failed', file: queued, problem: fate.problem });
        if (fate.at === 'waiting') keep(queued.id);
      }
      goOn();
    },

    restore(files, staged) {
      const known = new Set(state.files.map(({ id }) => id));
      const left = files.filter(({ id }) => !known.has(id)).map((file) => restored(file, staged));
      set(queue.added(state, left));
      goOn();
    },

    confirm(id) {
      set(queue.confirmed(state, id));
      keep(id);
      goOn();
    },

    retry(id) {
      set(queue.retried(state, id));
      goOn();
    },

    pause(id) {
      const queued = queue.find(state, id);
      if (!queued || !queue.mayPause(queued)) return;
      set(queue.paused(state, id));
      sending.get(id)?.abort();
      keep(id);
      tell({ type: 'paused', file: queued });
      goOn();
    },

    resume(id) {
      const queued = queue.find(state, id);
      if (queued?.state.at !== 'paused') return;
      set(queue.resumed(state, id));
      keep(id);
      tell({ type: 'resumed', file: queued });
      goOn();
    },

    supply,

    judged(uploadId, record) {
      const queued = state.files.find((one) => one.state.at === 'done' && one.state.result.id === uploadId);
      if (queued?.state.at !== 'done') return;
      const before = queued.state.result;
      set(queue.judged(state, uploadId, record));
      if (wasBlocked(record) && !wasBlocked(before)) tell({ type: 'blocked', file: queued, result: record });
    },

    remove(id) {
      const queued = queue.find(state, id);
      if (!queued) return;
      sending.get(id)?.abort();
      set(queue.removed(state, id));
      forget(id);
      if (queued.state.at === 'done') line.discard?.(queued.state.result).catch(() => undefined);
      else if (queued.uploadId !== null) giveUp(queued.uploadId);
      goOn();
    },

    clear(ids) {
      for (const id of ids) {
        set(queue.removed(state, id));
        forget(id);
      }
    },

    setAtOnce(limit) {
      atOnce = Math.max(1, Math.min(queue.AT_ONCE, limit));
      goOn();
    },

    setPieces(told) {
      pieces = told;
    },

    setOnline(online) {
      set(online ? queue.cameOnline(state) : queue.wentOffline(state));
      goOn();
    },

    stop() {
      for (const abort of sending.values()) abort.abort();
      set(queue.wentOffline(queue.interrupted(state)));
      clearTimeout(wake);
      draft?.leave();
    },
  };
}

/** Whatever is thrown and is no refusal is a fault of ours. */
function asProblem(thrown: unknown): ApiProblem {
  return thrown instanceof ApiProblem ? thrown : new ApiProblem('internal_error', 500);
}
