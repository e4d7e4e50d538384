import type { ApiProblem } from '../api/problem.ts';
import type { Attachment, StagedUpload } from './api.ts';
import { measure, type Rate, startRate } from './rate.ts';

/** One chosen file on its way. */
export interface QueuedFile {
  id: string;
  file: File;
  idempotencyKey: string;
  state: FileState;
}

export type FileState =
  /** Just like one that is already there: the person decides. */
  | { at: 'asking' }
  | { at: 'waiting' }
  /** When all has been sent, the server still checks and stores. */
  | { at: 'sending'; sent: number; rate: Rate }
  | { at: 'done'; result: Attachment | StagedUpload }
  /** `again`: whether another try with the same file may go better. */
  | { at: 'failed'; problem: ApiProblem; again: boolean };

/** Why nothing starts until then: the server asked for patience, or the line failed. */
export interface Hold {
  why: 'busy' | 'line';
  until: number;
}

/** Every change below is a new value: what was handed out stays as it was. */
export interface Queue {
  files: readonly QueuedFile[];
  online: boolean;
  hold: Hold | null;
  /** How often in a row the line has failed. */
  lineFailures: number;
}

export const AT_ONCE = 3;
const LINE_TRIES = 5;

export function emptyQueue(online: boolean): Queue {
  return { files: [], online, hold: null, lineFailures: 0 };
}

export function find(queue: Queue, id: string): QueuedFile | undefined {
  return queue.files.find((file) => file.id === id);
}

/** The files that may start now, in the order they were chosen. */
export function startable(queue: Queue, now: number, atOnce: number): QueuedFile[] {
  if (!queue.online || (queue.hold && queue.hold.until > now)) return [];
  const room = atOnce - queue.files.filter((file) => file.state.at === 'sending').length;
  return queue.files.filter((file) => file.state.at === 'waiting').slice(0, Math.max(0, room));
}

/** How many are not yet where they shall go, and still may get there by themselves. */
export function underWay(queue: Queue): QueuedFile[] {
  return queue.files.filter((file) => file.state.at === 'waiting' || file.state.at === 'sending');
}

export function added(queue: Queue, files: QueuedFile[]): Queue {
  return { ...queue, files: [...queue.files, ...files] };
}

export function started(queue: Queue, id: string, now: number): Queue {
  return change(queue, id, () => ({ at: 'sending', sent: 0, rate: startRate(now) }));
}

export function progressed(queue: Queue, id: string, sent: number, now: number): Queue {
  const next = change(queue, id, (state) =>
    state.at === 'sending' ? { ...state, sent, rate: measure(state.rate, sent, now) } : state,
  );
  return { ...next, lineFailures: 0 };
}

export function succeeded(queue: Queue, id: string, result: Attachment | StagedUpload): Queue {
  return { ...change(queue, id, () => ({ at: 'done', result })), lineFailures: 0 };
}

/** Too many at once and a lost line only hold the queue up; everything else is the end of this try. */
export function failed(queue: Queue, id: string, problem: ApiProblem, now: number): Queue {
  const back = change(queue, id, () => ({ at: 'waiting' }));
  if (problem.status === 429) {
    return {
      ...back,
      hold: later(queue.hold, { why: 'busy', until: now + (problem.retryAfter ?? 5) * 1000 }),
    };
  }
  if (!isLostLine(problem)) return ended(queue, id, problem);
  if (!queue.online) return back;
  if (queue.lineFailures >= LINE_TRIES) return ended(queue, id, problem);
  const lineFailures = queue.lineFailures + 1;
  const until = now + 1000 * 2 ** lineFailures;
  return { ...back, lineFailures, hold: later(queue.hold, { why: 'line', until }) };
}

function ended(queue: Queue, id: string, problem: ApiProblem): Queue {
  return change(queue, id, () => ({ at: 'failed', problem, again: mayGoBetter(problem) }));
}

function later(one: Hold | null, other: Hold): Hold {
  return one && one.until > other.until ? one : other;
}

const LIMITS_THAT_MAY_EASE = new Set([
  'ticket_files_exceeded',
  'ticket_size_exceeded',
  'staged_files_exceeded',
  'staged_size_exceeded',
]);

/** No answer at all, or a proxy's in place of the server's. */
function isLostLine({ code, status }: ApiProblem): boolean {
  return code === 'network_failed' || (code === 'internal_error' && [502, 503, 504].includes(status));
}

/** A file that was judged stays judged; room, patience and a new session may change the rest. */
export function mayGoBetter({ code, status }: ApiProblem): boolean {
  return LIMITS_THAT_MAY_EASE.has(code) || [0, 401, 408].includes(status) || status >= 500;
}

export function retried(queue: Queue, id: string): Queue {
  const next = change(queue, id, (state) => (state.at === 'failed' ? { at: 'waiting' } : state));
  return { ...next, lineFailures: 0, hold: queue.hold?.why === 'line' ? null : queue.hold };
}

/** The answer to "there is one just like it": put it there all the same. */
export function confirmed(queue: Queue, id: string): Queue {
  return change(queue, id, (state) => (state.at === 'asking' ? { at: 'waiting' } : state));
}

export function removed(queue: Queue, id: string): Queue {
  return { ...queue, files: queue.files.filter((file) => file.id !== id) };
}

/** What was on its way waits again, and begins anew. */
export function interrupted(queue: Queue): Queue {
  const files = queue.files.map((file) =>
    file.state.at === 'sending' ? { ...file, state: { at: 'waiting' as const } } : file,
  );
  return { ...queue, files };
}

export function wentOffline(queue: Queue): Queue {
  return { ...queue, online: false };
}

export function cameOnline(queue: Queue): Queue {
  return {
    ...queue,
    online: true,
    lineFailures: 0,
    hold: queue.hold?.why === 'line' ? null : queue.hold,
  };
}

/** The hold is over once its time has come. */
export function released(queue: Queue, now: number): Queue {
  return queue.hold && queue.hold.until <= now ? { ...queue, hold: null } : queue;
}

function change(queue: Queue, id: string, next: (state: FileState) => FileState): Queue {
  return {
    ...queue,
    files: queue.files.map((file) => (file.id === id ? { ...file, state: next(file.state) } : file)),
  };
}
