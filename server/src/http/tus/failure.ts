import { ERRORS } from '@tus/server';
import { Refusal } from '../../refusals.ts';

/** Where the upload is, and where the request would go on. */
interface Offsets {
  is: number;
  asked: number;
}

/** What the shell throws, in our words; what is neither its nor a refusal stays what it is. */
export function failureOf(error: unknown, { is, asked }: Offsets): unknown {
  switch (error) {
    case ERRORS.INVALID_OFFSET:
      return new Refusal('upload_offset_conflict', { limit: is, actual: asked });
    case ERRORS.FILE_NOT_FOUND:
      return new Refusal('upload_not_found');
    case ERRORS.FILE_NO_LONGER_EXISTS:
      return new Refusal('upload_gone');
    case ERRORS.ABORTED:
      return new Refusal('upload_locked', { retry_after: 1 });
  }
  const { status_code, body } = shellError(error);
  if (status_code === 413) {
    return new Refusal('request_invalid', { actual: 'the piece is longer than the rest of the upload' });
  }
  if (body === undefined) return error;
  return new Refusal('request_invalid', { actual: body.trim() });
}

/** The shell throws plain objects with these, and errors. */
function shellError(error: unknown): { status_code?: unknown; body?: string } {
  if (typeof error !== 'object' || error === null || error instanceof Refusal) return {};
  if (!('status_code' in error) || !('body' in error)) return {};
  return { status_code: error.status_code, body: String(error.body) };
}
