import { networkFailed, problemOf } from './problem.ts';
import { tellIfSignedOut } from './signed-out.ts';

export interface SendOptions {
  description?: string;
  /** Of one choice of one file: a repeat after a cut gets the first answer and makes no second file. */
  idempotencyKey: string;
  signal: AbortSignal;
  /** Bytes of the file that have left, of how many. */
  onProgress(sent: number, total: number): void;
}

/** Milliseconds without a byte leaving after which the line counts as lost: a dead one says nothing by itself. */
const STALLED = 30_000;

/**
 * Posts the file as a form, by XMLHttpRequest: fetch tells nothing of what has left. Resolves with the JSON of a 2xx.
 * Rejects with a `ApiProblem`, or with an `AbortError` once the signal is aborted.
 */
export function sendFile(url: string, file: File, options: SendOptions): Promise<unknown> {
  const { idempotencyKey, signal, onProgress, description } = options;
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const request = new XMLHttpRequest();
    const abort = () => request.abort();
    const lost = () => reject(networkFailed());
    let stalled = setTimeout(abort, STALLED);

    request.upload.onprogress = ({ loaded, total }) => {
      clearTimeout(stalled);
      if (loaded < total) stalled = setTimeout(abort, STALLED);
      // The form is a little longer than the file in it.
      onProgress(Math.floor((file.size * loaded) / total), file.size);
    };
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) return resolve(jsonOf(request));
      const problem = problemOf(request.status, jsonOf(request), request.getResponseHeader('Retry-After'));
      tellIfSignedOut(problem);
      reject(problem);
    };
    request.onerror = lost;
    request.onabort = () => (signal.aborted ? reject(signal.reason) : lost());
    request.onloadend = () => {
      clearTimeout(stalled);
      signal.removeEventListener('abort', abort);
    };
    signal.addEventListener('abort', abort);

    request.open('POST', url);
    request.setRequestHeader('Idempotency-Key', idempotencyKey);
    request.setRequestHeader('Accept', 'application/json, application/problem+json');
    request.send(formOf(file, description));
  });
}

function formOf(file: File, description: string | undefined): FormData {
  const form = new FormData();
  if (description) form.append('description', description);
  form.append('file', file, file.name);
  return form;
}

/** Undefined where the body is no JSON: a proxy in between answers in its own way. */
function jsonOf(request: XMLHttpRequest): unknown {
  try {
    return JSON.parse(request.responseText);
  } catch {
    return undefined;
  }
}
