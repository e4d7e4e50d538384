import { Unfit } from './unfit.ts';

/** Reads numbers; a place outside the bytes means that the structure promised more than there is. */
export function u8(bytes: Uint8Array, at: number): number {
  const value = bytes[at];
  if (value === undefined) throw new Unfit('content_damaged', 'a structure reaches beyond its end');
  return value;
}

export function le16(bytes: Uint8Array, at: number): number {
  return u8(bytes, at) | (u8(bytes, at + 1) << 8);
}

export function le32(bytes: Uint8Array, at: number): number {
  return (le16(bytes, at) | (le16(bytes, at + 2) << 16)) >>> 0;
}

/** A 64-bit number; above 2^53 it is inexact, and always larger than any file. */
export function le64(bytes: Uint8Array, at: number): number {
  return le32(bytes, at) + le32(bytes, at + 4) * 0x1_0000_0000;
}

export function be16(bytes: Uint8Array, at: number): number {
  return (u8(bytes, at) << 8) | u8(bytes, at + 1);
}

export function be32(bytes: Uint8Array, at: number): number {
  return ((be16(bytes, at) << 16) | be16(bytes, at + 2)) >>> 0;
}

/** The same memory with Node's searching and decoding. */
export function buffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** One character for each byte. */
export function latin1(bytes: Uint8Array): string {
  return buffer(bytes).toString('latin1');
}

export function startsWith(bytes: Uint8Array, signature: readonly number[] | string, at = 0): boolean {
  const wanted = typeof signature === 'string' ? Buffer.from(signature, 'latin1') : signature;
  for (let i = 0; i < wanted.length; i += 1) if (bytes[at + i] !== wanted[i]) return false;
  return true;
}

/** Line breaks and blanks only: what mail and editors put behind a file. */
export function isBlank(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d));
}

/** NUL, tab, line breaks and blanks: what programs put behind a finished file. */
export function isPadding(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0 || byte === 0x20 || (byte >= 0x09 && byte <= 0x0d));
}
