import type { ApiProblem } from '../api/problem.ts';
import { change, type Hold, type Queue, type QueuedFile, type Way } from './queue.ts';

const TRIES = 5;

/** What becomes of a file that did not get through: another try after a pause that grows, or the end of trying. */
export function failed(queue: Queue, id: string, problem: ApiProblem, now: number): Queue {
  if (isGone(problem)) return again(queue, id, problem, now, { uploadId: null, durable: 0 });
  if (problem.status === 429) {
    const until = now + (problem.retryAfter ?? 5) * 1000;
    return hold(back(queue, id, {}), { why: 'busy', until });
  }
  return again(queue, id, problem, now, {});
}

function again(queue: Queue, id: string, problem: ApiProblem, now: number, more: Partial<QueuedFile>): Queue {
  const file = queue.files.find((one) => one.id === id);
  if (!file || !(isGone(problem) || mayPass(problem, file.way))) return ended(queue, id, problem);
  const next = { ...more, way: wayAfter(file, problem) };
  if (!queue.online && isLostLine(problem)) return back(queue, id, next);
  if (file.failures >= TRIES) return ended(queue, id, problem);
  const failures = file.failures + 1;
  const pause = Math.max(2 ** failures, problem.retryAfter ?? 0) * 1000;
  const why = isLostLine(problem) ? 'line' : 'server';
  return hold(back(queue, id, { ...next, failures }), { why, until: now + pause });
}

/**
 * A form that broke off in the middle goes on in pieces, for which a bad line is no new beginning. One that had left
 * whole may have arrived, and goes the same way again.
 */
function wayAfter({ way, state, file }: QueuedFile, problem: ApiProblem): Way {
  if (way !== 'form') return way;
  const leftWhole = state.at === 'sending' && state.sent >= file.size;
  return leftWhole && isLostLine(problem) ? 'unanswered' : 'pieces';
}

function back(queue: Queue, id: string, more: Partial<QueuedFile>): Queue {
  return change(queue, id, () => ({ ...more, state: { at: 'waiting' } }));
}

function ended(queue: Queue, id: string, problem: ApiProblem): Queue {
  return change(queue, id, () => ({
    failures: 0,
    state: { at: 'failed', problem, again: mayGoBetter(problem) },
  }));
}

/** The longer of two holds counts. */
function hold(queue: Queue, other: Hold): Queue {
  return { ...queue, hold: queue.hold && queue.hold.until > other.until ? queue.hold : other };
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

/** The server has given up what it had received: the file begins anew. */
function isGone({ code }: ApiProblem): boolean {
  return code === 'upload_gone' || code === 'upload_not_found';
}

/** Whether time alone may mend it. A full disk is for somebody to mend. */
function mayPass(problem: ApiProblem, way: Way): boolean {
  const { code, status } = problem;
  if (isLostLine(problem) || status === 408 || (status >= 500 && status !== 507)) return true;
  return way === 'pieces' && ['upload_offset_conflict', 'upload_locked'].includes(code);
}

/** A file that was judged stays judged; room, patience and a new session may change the rest. */
export function mayGoBetter({ code, status }: ApiProblem): boolean {
  return LIMITS_THAT_MAY_EASE.has(code) || [0, 401, 408, 423].includes(status) || status >= 500;
}
