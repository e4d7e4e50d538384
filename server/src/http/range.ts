import type { ByteRange } from '../attachments/index.ts';

/** What of a file a GET asks for (RFC 9110, sections 13 and 14). */
export type Selection =
  | { kind: 'whole' }
  | { kind: 'part'; range: ByteRange }
  | { kind: 'unsatisfiable' }
  | { kind: 'not_modified' }
  | { kind: 'precondition_failed' };

export interface SelectionHeaders {
  range?: string | undefined;
  'if-range'?: string | undefined;
  'if-match'?: string | undefined;
  'if-none-match'?: string | undefined;
}

/** Decides from the conditional headers and the range, in the order of RFC 9110, section 13.2.2. `etag` is strong. */
export function select(headers: SelectionHeaders, etag: string, size: number): Selection {
  const ifMatch = headers['if-match'];
  if (ifMatch !== undefined && !matches(ifMatch, etag, 'strong')) return { kind: 'precondition_failed' };
  const ifNoneMatch = headers['if-none-match'];
  if (ifNoneMatch !== undefined && matches(ifNoneMatch, etag, 'weak')) return { kind: 'not_modified' };
  const ifRange = headers['if-range'];
  if (headers.range === undefined || (ifRange !== undefined && ifRange.trim() !== etag))
    return { kind: 'whole' };
  return parseRange(headers.range, size);
}

/**
 * One range of bytes (RFC 9110, section 14.1.2). A header that asks for several, or that is malformed, is as if it
 * were not there: allowed by section 14.2, and a thousand ranges cost nothing.
 */
function parseRange(header: string, size: number): Selection {
  const match = /^bytes=[ \t]*(\d*)-(\d*)[ \t]*$/i.exec(header);
  const [first = '', last = ''] = match?.slice(1) ?? [];
  if (first === '' && last === '') return { kind: 'whole' };
  if (first === '') {
    const length = Math.min(Number(last), size);
    return length === 0
      ? { kind: 'unsatisfiable' }
      : { kind: 'part', range: { start: size - length, end: size - 1 } };
  }
  const start = Number(first);
  const end = last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (last !== '' && Number(last) < start) return { kind: 'whole' };
  return start >= size ? { kind: 'unsatisfiable' } : { kind: 'part', range: { start, end } };
}

/** Section 13.1.1 compares strongly, 13.1.2 weakly. */
function matches(list: string, etag: string, comparison: 'strong' | 'weak'): boolean {
  if (list.trim() === '*') return true;
  return list.split(',').some((entry) => {
    const candidate = entry.trim();
    return (comparison === 'weak' ? candidate.replace(/^W\//, '') : candidate) === etag;
  });
}
