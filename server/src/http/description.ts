import { MAX_DESCRIPTION_LENGTH } from '../attachments/index.ts';
import { Refusal } from '../refusals.ts';

/** What somebody wrote about a file, trimmed; null for nothing. Throws `description_too_long`, `request_invalid`. */
export function checkedDescription(written: string): string | null {
  const text = written.trim();
  const { length } = [...text];
  if (length > MAX_DESCRIPTION_LENGTH) {
    throw new Refusal('description_too_long', { limit: MAX_DESCRIPTION_LENGTH, actual: length });
  }
  if (text.includes('\0')) throw new Refusal('request_invalid', { actual: 'description holds a NUL' });
  return text || null;
}
