import { encodeExtended, format } from 'content-disposition';

/**
 * The Content-Disposition of a download (RFC 6266): the whole name in `filename*` (RFC 8187), and for
 * clients that know only `filename` an ASCII form of it. Any string is safe: neither can hold CR or LF.
 */
export function contentDisposition(name: string, type: 'attachment' | 'inline'): string {
  const parameters = { filename: ascii(name), 'filename*': encodeExtended(name.toWellFormed()) };
  return format({ type, parameters }, { extended: false });
}

/** Letters lose their accents, everything else that is not plain ASCII, or that clients unescape, becomes `_`. */
function ascii(name: string): string {
  const plain = name.normalize('NFKD').replace(/\p{M}/gu, '');
  return plain.replace(/[^ -~]|["%\\]/gu, '_');
}
