import { ERRORS } from '@tus/server';
import { Refusal } from '../../refusals.ts';

/** What the shell throws, in our words; what is neither its nor a refusal stays what it is. */
export function failureOf(error: unknown, maxFileSize: number): unknown {
  switch (error) {
    case ERRORS.FILE_NOT_FOUND:
      return new Refusal('upload_not_found');
    case ERRORS.FILE_NO_LONGER_EXISTS:
      return new Refusal('upload_gone');
    case ERRORS.ABORTED:
      return new Refusal('upload_locked', { retry_after: 1 });
    case ERRORS.ERR_MAX_SIZE_EXCEEDED:
      return new Refusal('file_too_large', { limit: maxFileSize });
    case ERRORS.ERR_SIZE_EXCEEDED:
      return new Refusal('request_invalid', { actual: 'the piece is longer than the rest of the upload' });
  }
  const { status_code, body } = shellError(error);
  if (status_code === 413) return failureOf(ERRORS.ERR_SIZE_EXCEEDED, maxFileSize);
  if (body === undefined) return error;
  return new Refusal('request_invalid', { actual: body.trim() });
}

/** The shell throws plain objects with these, and errors. */
function shellError(error: unknown): { status_code?: unknown; body?: string } {
  if (typeof error !== 'object' || error === null || error instanceof Refusal) return {};
  if (!('status_code' in error) || !('body' in error)) return {};
  return { status_code: error.status_code, body: String(error.body) };
}
