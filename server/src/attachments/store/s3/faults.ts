import { S3ServiceException } from '@aws-sdk/client-s3';
import { Refusal } from '../../../refusals.ts';

/** Seconds after which another try makes sense. */
const RETRY_AFTER = 5;

const FULL: ReadonlySet<string> = new Set(['QuotaExceeded', 'EntityTooLarge', 'InsufficientStorage']);

export function isMissing(error: unknown): boolean {
  // HEAD has no body to name the fault in. A missing bucket is the operator's, and no missing object.
  return (
    error instanceof S3ServiceException &&
    (error.name === 'NoSuchKey' || (error.name === 'NotFound' && error.$metadata.httpStatusCode === 404))
  );
}

/**
 * What others hear of a store that does not answer, or says no: a refusal that may pass, with its cause for the log.
 * What is no fault of the store (a file of ours that is not there) stays what it is.
 */
export function faultOf(error: unknown): unknown {
  if (!isOfTheStore(error)) return error;
  if (error instanceof S3ServiceException && FULL.has(error.name)) {
    return new Refusal('storage_full', {}, { cause: error });
  }
  return unavailable(error);
}

export function unavailable(cause: unknown): Refusal {
  return new Refusal('storage_unavailable', { retry_after: RETRY_AFTER }, { cause });
}

/** The client writes on every error, also of the network, how often it has tried. */
function isOfTheStore(error: unknown): boolean {
  return error instanceof Error && '$metadata' in error;
}
