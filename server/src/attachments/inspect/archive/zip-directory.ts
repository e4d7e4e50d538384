import { isUtf8 } from 'node:buffer';
import { crc32 } from 'node:zlib';
import { buffer, isBlank, latin1, le16, le32, le64, startsWith, u8 } from '../bytes.ts';
import { endsAsZip, foreignArchive } from '../foreign.ts';
import type { RandomAccess } from '../inspection.ts';
import { LIMITS } from '../limits.ts';
import { Unfit } from '../unfit.ts';

/** An entry as the central directory states it (PKWARE APPNOTE 4.3.12). */
export interface ZipEntry {
  name: string;
  /** A second name that some programs go by (Info-ZIP's Unicode path), where it is another one. */
  alias: string | undefined;
  rawName: Uint8Array;
  flags: number;
  method: number;
  crc: number;
  compressedSize: number;
  size: number;
  localOffset: number;
  /** The system whose attributes these are (APPNOTE 4.4.2). */
  host: number;
  mode: number;
  dosAttributes: number;
}

export interface ZipDirectory {
  entries: ZipEntry[];
  /** Where the central directory begins. */
  start: number;
}

export const LOCAL = 0x04034b50;
export const CENTRAL = 0x02014b50;
const END_SIZE = 22;
const END64 = 0x06064b50;
const LOCATOR64 = 0x07064b50;
/** More than any transport adds behind the end record. */
const PADDING = 1024;

/**
 * Reads the central directory, whose end record must end the file but for padding. Its place is where the
 * end record stands less its size: the stated offset is wrong in some writers' files.
 */
export async function readDirectory(file: RandomAccess): Promise<ZipDirectory> {
  const beginsAsZip = isZip(await file.read(0, 4));
  if (!beginsAsZip && !(await endsAsZip(file, 0))) throw new Unfit('type_mismatch', 'zip: no signature');
  const end = await readEnd(file);
  if (end.disks !== 0) throw new Unfit('content_damaged', 'zip: one part of an archive of several parts');
  if (!beginsAsZip) throw new Unfit('content_ambiguous', 'zip: other data in front of the first entry');
  if (end.count > LIMITS.entries) {
    const details = { limit: `${LIMITS.entries} files`, actual: `${end.count} files` };
    throw new Unfit('archive_too_large', 'zip: too many entries', details);
  }
  if (end.size > LIMITS.directory) {
    throw new Unfit('archive_too_large', 'zip: the central directory is too large', {
      limit: LIMITS.directory,
      actual: end.size,
    });
  }
  const start = end.at - end.size;
  if (start < 0) throw new Unfit('content_damaged', 'zip: the central directory is missing');
  return { entries: parseEntries(await file.read(start, end.size), end.count), start };
}

/** Whether bytes begin as a zip does: with an entry, the end of an empty archive, or the mark of a former part of several. */
export function isZip(head: Uint8Array): boolean {
  return ['PK\x03\x04', 'PK\x05\x06', 'PK\x07\x08', 'PK00'].some((signature) => startsWith(head, signature));
}

interface End {
  /** Where the records that end the central directory begin. */
  at: number;
  disks: number;
  count: number;
  size: number;
}

async function readEnd(file: RandomAccess): Promise<End> {
  const length = Math.min(file.size, END_SIZE + 0xffff + PADDING);
  const tailStart = file.size - length;
  const tail = buffer(await file.read(tailStart, length));
  const signature = Buffer.from('PK\x05\x06', 'latin1');
  const at = tail.lastIndexOf(signature, Math.max(0, length - END_SIZE));
  if (at === -1) throw new Unfit('content_damaged', 'zip: no end of the central directory');

  const record = tail.subarray(at);
  const commentEnd = END_SIZE + le16(record, 20);
  if (commentEnd > record.length || tail.indexOf(signature, at + 1) !== -1) {
    throw new Unfit('content_damaged', 'zip: the end record is cut or not the last');
  }
  if (claimsAsComment(tail, signature, at)) {
    throw new Unfit('content_ambiguous', 'zip: two end records, one in the comment of the other');
  }
  if (!isBlank(record.subarray(commentEnd)) || foreignArchive(record.subarray(END_SIZE, commentEnd))) {
    throw new Unfit('content_ambiguous', 'zip: other data behind the end record');
  }
  const end = {
    at: tailStart + at,
    disks: le16(record, 4) | le16(record, 6),
    count: le16(record, 10),
    size: le32(record, 12),
  };
  return (await readEnd64(file, end)) ?? end;
}

/** Whether an earlier end record takes the one at `at` for part of its comment. */
function claimsAsComment(tail: Buffer, signature: Buffer, at: number): boolean {
  for (let from = at - 1; from >= 0; ) {
    const earlier = tail.lastIndexOf(signature, from);
    if (earlier === -1) return false;
    if (earlier + END_SIZE + le16(tail, earlier + 20) > at) return true;
    from = earlier - 1;
  }
  return false;
}

/** The zip64 records in front of the end record (APPNOTE 4.3.14, 4.3.15), where there are any. */
async function readEnd64(file: RandomAccess, end: End): Promise<End | undefined> {
  const saturated = end.count === 0xffff || end.size === 0xffffffff;
  const locator = await file.read(end.at - 20, 20);
  if (end.at < 20 || le32(locator, 0) !== LOCATOR64) {
    if (saturated) throw new Unfit('content_damaged', 'zip: the zip64 locator is missing');
    return undefined;
  }
  const at = le64(locator, 8);
  const record = await file.read(at, 56);
  if (at > end.at - 20 - 56 || le32(record, 0) !== END64) {
    throw new Unfit('content_damaged', 'zip: the zip64 end record is not where its locator says');
  }
  return { at, disks: le32(record, 16) | le32(record, 20), count: le64(record, 32), size: le64(record, 40) };
}

function parseEntries(bytes: Uint8Array, count: number): ZipEntry[] {
  const entries: ZipEntry[] = [];
  let at = 0;
  for (let i = 0; i < count; i += 1) {
    if (le32(bytes, at) !== CENTRAL)
      throw new Unfit('content_damaged', 'zip: an entry of the central directory is broken');
    const nameEnd = at + 46 + le16(bytes, at + 28);
    const extraEnd = nameEnd + le16(bytes, at + 30);
    const rawName = bytes.subarray(at + 46, nameEnd);
    const extra = bytes.subarray(nameEnd, extraEnd);
    const flags = le16(bytes, at + 8);
    const attributes = le32(bytes, at + 38);
    entries.push({
      rawName,
      name: decodeName(rawName),
      alias: unicodePath(rawName, extra),
      flags,
      method: le16(bytes, at + 10),
      crc: le32(bytes, at + 16),
      host: u8(bytes, at + 5),
      mode: attributes >>> 16,
      dosAttributes: attributes & 0xffff,
      ...sizes(bytes, at, extra),
    });
    at = extraEnd + le16(bytes, at + 32);
  }
  if (at > bytes.length) throw new Unfit('content_damaged', 'zip: the central directory is cut');
  return entries;
}

/** Many write UTF-8 without saying so; any other encoding is told by its ASCII part. */
function decodeName(raw: Uint8Array): string {
  return isUtf8(raw) ? buffer(raw).toString('utf8') : latin1(raw);
}

/** APPNOTE 4.6.9: holds only for the name whose checksum it states. */
function unicodePath(rawName: Uint8Array, extra: Uint8Array): string | undefined {
  const field = extraField(extra, 0x7075);
  if (!field || field.length < 5 || le32(field, 1) !== crc32(rawName)) return undefined;
  const path = buffer(field.subarray(5)).toString('utf8');
  return path === decodeName(rawName) ? undefined : path;
}

/** Sizes and offset, from the zip64 extra field (APPNOTE 4.5.3) where the short ones are saturated. */
function sizes(bytes: Uint8Array, at: number, extra: Uint8Array) {
  const long = extraField(extra, 1);
  let next = 0;
  const wide = (short: number) => {
    if (short !== 0xffffffff || long === undefined) return short;
    next += 8;
    return le64(long, next - 8);
  };
  const size = wide(le32(bytes, at + 24));
  const compressedSize = wide(le32(bytes, at + 20));
  return { size, compressedSize, localOffset: wide(le32(bytes, at + 42)) };
}

function extraField(extra: Uint8Array, id: number): Uint8Array | undefined {
  for (let at = 0; at + 4 <= extra.length; at += 4 + le16(extra, at + 2)) {
    if (le16(extra, at) === id) return extra.subarray(at + 4, at + 4 + le16(extra, at + 2));
  }
  return undefined;
}
