import type { IncomingMessage } from 'node:http';
import { FORM_OVERHEAD } from '../attachments/index.ts';
import { Refusal } from '../refusals.ts';

/** Seconds without a byte after which an upload is over. */
export const SILENCE_SECONDS = 60;

/** What the body of one upload may take. */
export interface BodyBounds {
  silenceSeconds: number;
  maxFileSize: number;
}

/**
 * Does `work`, which reads a form from the request's body, unless no byte arrives for `silenceSeconds` (throws
 * `upload_stalled`) or more arrive than a form with the largest file has, wherever in the form they are (throws
 * `file_too_large`). It leaves the work to its caller to end. A client that went away before is `body_malformed`.
 */
export async function withinBounds<Result>(
  request: IncomingMessage,
  { silenceSeconds, maxFileSize }: BodyBounds,
  work: () => Promise<Result>,
): Promise<Result> {
  // Its 'close' has come and gone: whoever began to read now would wait for ever.
  if (request.destroyed) throw new Refusal('body_malformed');
  const exceeded = Promise.withResolvers<never>();
  const silent = () => exceeded.reject(new Refusal('upload_stalled', { limit: silenceSeconds }));
  const timer = setTimeout(silent, silenceSeconds * 1000);
  let left = maxFileSize + FORM_OVERHEAD;
  const heard = (chunk: Buffer) => {
    timer.refresh();
    left -= chunk.length;
    if (left < 0) exceeded.reject(new Refusal('file_too_large', { limit: maxFileSize }));
  };
  const whole = () => clearTimeout(timer);
  request.on('data', heard).on('end', whole);
  try {
    return await Promise.race([work(), exceeded.promise]);
  } finally {
    clearTimeout(timer);
    request.off('data', heard).off('end', whole);
  }
}
