import type { ApiProblem } from '../api/problem.ts';
import type { Attachment, StagedUpload } from './api.ts';
import type { ChosenFile } from './chosen-file.ts';
import { measure, type Rate, startRate } from './rate.ts';

/**
 * How a file travels. `unanswered` is a form that had left whole when the line broke: it may be there already, and only
 * the same form under the same key is sure to make no second file.
 */
export type Way = 'form' | 'unanswered' | 'pieces';

/** One chosen file on its way. */
export interface QueuedFile {
  id: string;
  file: ChosenFile;
  idempotencyKey: string;
  way: Way;
  /** Of what the server has begun to receive in pieces. */
  uploadId: string | null;
  /** Bytes of the pieces that the server has said it has. */
  durable: number;
  /** How often in a row it was sent in vain. */
  failures: number;
  /** Whether this browser has its bytes when the tab is gone. */
  kept: boolean;
  state: FileState;
}

export type FileState =
  /** Just like one that is already there: the person decides. */
  | { at: 'asking' }
  | { at: 'waiting' }
  /** When all has been sent, the server still checks and stores. */
  | { at: 'sending'; sent: number; rate: Rate }
  /** By the person; its place is free for another. */
  | { at: 'paused'; sent: number }
  /** Begun by an earlier page that could not keep the bytes. `wrong` names another file that was chosen in its place. */
  | { at: 'missing'; wrong: string | null }
  | { at: 'done'; result: Attachment | StagedUpload }
  /** `again`: whether another try with the same file may go better. */
  | { at: 'failed'; problem: ApiProblem; again: boolean };

/** Why nothing starts until then: the server asked for patience or cannot go on, or the line failed. */
export interface Hold {
  why: 'busy' | 'server' | 'line';
  until: number;
}

/** Every change below is a new value: what was handed out stays as it was. */
export interface Queue {
  files: readonly QueuedFile[];
  online: boolean;
  hold: Hold | null;
}

export const AT_ONCE = 3;

export function emptyQueue(online: boolean): Queue {
  return { files: [], online, hold: null };
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

/** Files that would be lost with this tab: on their way or able to be, and kept nowhere else. */
export function inThisTabAlone(queue: Queue): QueuedFile[] {
  return queue.files.filter(
    ({ kept, state }) =>
      !kept &&
      (['waiting', 'sending', 'paused'].includes(state.at) || (state.at === 'failed' && state.again)),
  );
}

export function added(queue: Queue, files: QueuedFile[]): Queue {
  return { ...queue, files: [...queue.files, ...files] };
}

export function started(queue: Queue, id: string, now: number): Queue {
  return change(queue, id, (file) => ({
    state: { at: 'sending', sent: file.durable, rate: startRate(now, file.durable) },
  }));
}

export function progressed(queue: Queue, id: string, sent: number, now: number): Queue {
  // What has left is not there before the server says so: its failures stay.
  return change(queue, id, ({ state }) =>
    state.at === 'sending' ? { state: { ...state, sent, rate: measure(state.rate, sent, now) } } : {},
  );
}

/** The server receives it in pieces from here on. */
export function begun(queue: Queue, id: string, uploadId: string): Queue {
  return change(queue, id, () => ({ uploadId }));
}

/** The server has told how many bytes it has. `resumed`: it goes on from there. */
export function confirmedBytes(
  queue: Queue,
  id: string,
  offset: number,
  now: number,
  resumed: boolean,
): Queue {
  return change(queue, id, ({ state, durable, failures }) => ({
    durable: offset,
    failures: offset > durable ? 0 : failures,
    state:
      resumed && state.at === 'sending' ? { ...state, sent: offset, rate: startRate(now, offset) } : state,
  }));
}

export function succeeded(queue: Queue, id: string, result: Attachment | StagedUpload): Queue {
  return change(queue, id, () => ({ state: { at: 'done', result }, failures: 0 }));
}

/** The scanner has looked at a staged file. */
export function judged(queue: Queue, uploadId: string, result: StagedUpload): Queue {
  return changeAll(queue, ({ state }) =>
    state.at === 'done' && state.result.id === uploadId ? { state: { at: 'done', result } } : {},
  );
}

export function retried(queue: Queue, id: string): Queue {
  const next = change(queue, id, (file) =>
    file.state.at === 'failed' ? { state: { at: 'waiting' }, failures: 0 } : {},
  );
  return { ...next, hold: withoutLine(queue.hold) };
}

/** Only what goes in pieces can stop and go on. */
export function mayPause({ way, state }: QueuedFile): boolean {
  return way === 'pieces' && (state.at === 'waiting' || state.at === 'sending');
}

export function paused(queue: Queue, id: string): Queue {
  return change(queue, id, (file) =>
    mayPause(file)
      ? { state: { at: 'paused', sent: file.state.at === 'sending' ? file.state.sent : file.durable } }
      : {},
  );
}

export function resumed(queue: Queue, id: string): Queue {
  return change(queue, id, ({ state }) => (state.at === 'paused' ? { state: { at: 'waiting' } } : {}));
}

/** The file that an earlier page could not keep, chosen again. */
export function supplied(queue: Queue, id: string, file: File): Queue {
  return change(queue, id, ({ state }) => (state.at === 'missing' ? { file, state: { at: 'waiting' } } : {}));
}

export function notSupplied(queue: Queue, id: string, wrong: string): Queue {
  return change(queue, id, ({ state }) =>
    state.at === 'missing' ? { state: { at: 'missing', wrong } } : {},
  );
}

export function kept(queue: Queue, id: string, whole: boolean): Queue {
  return change(queue, id, () => ({ kept: whole }));
}

/** The answer to "there is one just like it": put it there all the same. */
export function confirmed(queue: Queue, id: string): Queue {
  return change(queue, id, ({ state }) => (state.at === 'asking' ? { state: { at: 'waiting' } } : {}));
}

export function removed(queue: Queue, id: string): Queue {
  return { ...queue, files: queue.files.filter((file) => file.id !== id) };
}

/** What was on its way waits again. */
export function interrupted(queue: Queue): Queue {
  return changeAll(queue, ({ state }) => (state.at === 'sending' ? { state: { at: 'waiting' } } : {}));
}

export function wentOffline(queue: Queue): Queue {
  return { ...queue, online: false };
}

export function cameOnline(queue: Queue): Queue {
  return { ...changeAll(queue, () => ({ failures: 0 })), online: true, hold: withoutLine(queue.hold) };
}

/** The hold is over once its time has come. */
export function released(queue: Queue, now: number): Queue {
  return queue.hold && queue.hold.until <= now ? { ...queue, hold: null } : queue;
}

/** Only what the server asked for holds against a person's wish. */
function withoutLine(hold: Hold | null): Hold | null {
  return hold?.why === 'busy' ? hold : null;
}

export function change(queue: Queue, id: string, next: (file: QueuedFile) => Partial<QueuedFile>): Queue {
  return changeAll(queue, (file) => (file.id === id ? next(file) : {}));
}

function changeAll(queue: Queue, next: (file: QueuedFile) => Partial<QueuedFile>): Queue {
  return { ...queue, files: queue.files.map((file) => ({ ...file, ...next(file) })) };
}
