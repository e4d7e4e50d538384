import type { IncomingMessage } from 'node:http';
import { Refusal } from '../refusals.ts';

/** Seconds without a byte after which an upload is over. */
export const SILENCE_SECONDS = 60;

/**
 * Does `work`, which reads the request's body, unless no byte arrives for `seconds`: then it throws `upload_stalled`
 * and leaves the work to its caller to end.
 */
export async function unlessSilent<Result>(
  request: IncomingMessage,
  seconds: number,
  work: () => Promise<Result>,
): Promise<Result> {
  const silent = Promise.withResolvers<never>();
  const refuse = () => silent.reject(new Refusal('upload_stalled', { limit: seconds }));
  const timer = setTimeout(refuse, seconds * 1000);
  const heard = () => void timer.refresh();
  const whole = () => clearTimeout(timer);
  request.on('data', heard).on('end', whole);
  try {
    return await Promise.race([work(), silent.promise]);
  } finally {
    clearTimeout(timer);
    request.off('data', heard).off('end', whole);
  }
}
