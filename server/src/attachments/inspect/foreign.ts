import { crc32 } from 'node:zlib';
import { buffer, le32, startsWith } from './bytes.ts';
import type { RandomAccess } from './inspection.ts';
import { Unfit } from './unfit.ts';

/**
 * What readers of other formats look for. A polyglot is a file that such a reader would open as well,
 * so the checks ask what those readers ask, where those readers look.
 */

const RAR = Buffer.from('Rar!\x1a\x07', 'latin1');
const SEVEN = Buffer.from('7z\xbc\xaf\x27\x1c', 'latin1');

/** Whether RAR or 7-Zip, which search for their signature anywhere near the beginning, would find theirs. */
export function foreignArchive(bytes: Uint8Array): 'rar' | '7z' | undefined {
  const haystack = buffer(bytes);
  if (haystack.includes(RAR)) return 'rar';
  for (let at = haystack.indexOf(SEVEN); at !== -1; at = haystack.indexOf(SEVEN, at + 1)) {
    if (at + 32 <= haystack.length && crc32(haystack.subarray(at + 12, at + 32)) === le32(haystack, at + 8))
      return '7z';
  }
  return undefined;
}

/** How files begin that could do harm behind a finished one; a second picture could not. */
const BEGINNINGS = [
  'PK\x03\x04',
  'PK\x05\x06',
  '%PDF-',
  'MZ',
  '\x7fELF',
  '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1',
  '#!',
  '<?php',
  '<html',
  '<script',
  '<!doctype',
  '<svg',
  '<?xml',
];
const HEAD = 64 * 1024;
const ZIP_TAIL = 22 + 0xffff;

/**
 * Refuses another file behind the end of this one. Padding, and bytes that no format claims (cameras and
 * editors add such), are left alone.
 */
export async function refuseAppended(file: RandomAccess, end: number, family: string): Promise<void> {
  if (end >= file.size) return;
  const head = buffer(await file.read(end, HEAD));
  const begin = head.findIndex((byte) => byte !== 0 && byte !== 0x20 && (byte < 0x09 || byte > 0x0d));
  if (begin === -1 && end + HEAD >= file.size) return;
  const text = head.toString('latin1', Math.max(0, begin), begin + 16).toLowerCase();
  const known = BEGINNINGS.some((beginning) => text.startsWith(beginning.toLowerCase()));
  if (known || foreignArchive(head) || (await endsAsZip(file, end))) {
    throw new Unfit('content_ambiguous', `${family}: another file is appended`);
  }
}

/** Whether a zip reader, which starts from the end of a file, would find a central directory behind `from`. */
export async function endsAsZip(file: RandomAccess, from: number): Promise<boolean> {
  const start = Math.max(from, file.size - ZIP_TAIL);
  const tail = buffer(await file.read(start, file.size - start));
  for (let at = tail.lastIndexOf('PK\x05\x06', undefined, 'latin1'); at !== -1; ) {
    if (at + 22 <= tail.length) {
      const directory = start + at - le32(tail, at + 12);
      const signature = await file.read(directory, 4);
      if (directory >= from && startsWith(signature, 'PK\x01\x02')) return true;
    }
    at = at === 0 ? -1 : tail.lastIndexOf('PK\x05\x06', at - 1, 'latin1');
  }
  return false;
}

/** RAR and 7-Zip look so far into a file for their signature. */
const SEARCHED = 1024 * 1024;

/** Refuses a file that a reader of archives or disk images would open as well. */
export async function refusePolyglot(file: RandomAccess, family: string): Promise<void> {
  await refuseDistantSignatures(file, family);
  const head = await file.read(0, SEARCHED);
  const actual = foreignArchive(head) ?? ((await endsAsZip(file, 0)) ? 'zip' : undefined);
  if (actual) throw new Unfit('content_ambiguous', `${family}: it is a ${actual} too`, { actual });
}

/** Formats whose signature stands far from the beginning, which leaves room for another one there. */
const DISTANT: [number, string, string][] = [
  [128, 'DICM', 'dicom'],
  [257, 'ustar', 'tar'],
  [0x8001, 'CD001', 'iso'],
];

/** Refuses a file that is a tape archive, a disk image or a medical image as well. */
export async function refuseDistantSignatures(file: RandomAccess, family: string): Promise<void> {
  for (const [at, signature, actual] of DISTANT) {
    if (startsWith(await file.read(at, signature.length), signature)) {
      throw new Unfit('content_ambiguous', `${family}: it is a ${actual} too`, { actual });
    }
  }
}
