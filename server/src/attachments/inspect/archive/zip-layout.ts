import { buffer, isPadding, latin1, le16, le32 } from '../bytes.ts';
import { foreignArchive } from '../foreign.ts';
import type { RandomAccess } from '../inspection.ts';
import { Unfit } from '../unfit.ts';
import { CENTRAL, LOCAL, type ZipDirectory, type ZipEntry } from './zip-directory.ts';

/** An entry and where its compressed bytes lie. */
export interface PlacedEntry extends ZipEntry {
  dataStart: number;
  dataEnd: number;
  /** What the data descriptor behind the data says of the unpacked size, if there is one. */
  describedSize: number | undefined;
}

const DESCRIPTOR = 0x08074b50;
const SPANNING = new Set([DESCRIPTOR, 0x30304b50]);
const LARGEST_GAP = 64 * 1024;

/**
 * Lays the entries end to end from the first byte of the file to the central directory, so that a reader
 * that goes by the directory and one that goes by the local headers see the same archive. Nothing may
 * overlap or stand in front, and what lies between must be nobody's data.
 */
export async function placeEntries(file: RandomAccess, directory: ZipDirectory): Promise<PlacedEntry[]> {
  const marker = le32(await file.read(0, 4), 0);
  let position = SPANNING.has(marker) ? 4 : 0;
  const placed: PlacedEntry[] = [];
  for (const entry of directory.entries.toSorted((a, b) => a.localOffset - b.localOffset)) {
    const at = await localHeaderOf(file, entry, position);
    if (at < position) throw new Unfit('archive_unsafe', 'zip: two entries overlap');
    await checkGap(file, position, at);
    const place = await placeEntry(file, entry, at);
    if (place.dataEnd > directory.start)
      throw new Unfit('archive_unsafe', 'zip: an entry reaches into the central directory');
    placed.push(place);
    position = place.end;
  }
  await checkGap(file, position, directory.start);
  return placed;
}

/** Some writers forget data descriptors when they count: then the header stands behind the entry before it. */
async function localHeaderOf(file: RandomAccess, entry: ZipEntry, position: number): Promise<number> {
  for (const at of [entry.localOffset, position]) {
    const header = await file.read(at, 4);
    if (header.length === 4 && le32(header, 0) === LOCAL) return at;
  }
  throw new Unfit('content_damaged', 'zip: an entry has no local header');
}

async function placeEntry(file: RandomAccess, entry: ZipEntry, at: number) {
  const fixed = await file.read(at, 30);
  const nameLength = le16(fixed, 26);
  const variable = await file.read(at + 30, nameLength + le16(fixed, 28));
  const local = {
    flags: le16(fixed, 6),
    method: le16(fixed, 8),
    crc: le32(fixed, 14),
    compressedSize: le32(fixed, 18),
    size: le32(fixed, 22),
    rawName: variable.subarray(0, nameLength),
  };
  if (!agrees(local, entry))
    throw new Unfit('archive_unsafe', 'zip: a local header disagrees with the central directory');
  if (foreignArchive(variable.subarray(nameLength)))
    throw new Unfit('content_ambiguous', 'zip: another archive in a header');

  const dataStart = at + 30 + nameLength + le16(fixed, 28);
  const dataEnd = dataStart + entry.compressedSize;
  return { ...entry, dataStart, dataEnd, ...(await readDescriptor(file, dataEnd)) };
}

/** What a local header says; an empty name and zero sizes (they follow in a descriptor) leave it to the directory. */
type LocalHeader = Pick<ZipEntry, 'flags' | 'method' | 'crc' | 'compressedSize' | 'size' | 'rawName'>;

function agrees(local: LocalHeader, entry: ZipEntry): boolean {
  if (local.rawName.length > 0 && pathOf(local) !== pathOf(entry)) return false;
  if (local.method !== entry.method || (local.flags & 1) !== (entry.flags & 1)) return false;
  if (local.flags & 0x2008 || entry.name.endsWith('/')) return true;
  const same = (stated: number, actual: number) => stated === actual || stated === 0xffffffff;
  return (
    local.crc === entry.crc &&
    same(local.compressedSize, entry.compressedSize) &&
    same(local.size, entry.size)
  );
}

/** Some programs write the separator one way here and the other way there. */
function pathOf({ rawName }: LocalHeader): string {
  return latin1(rawName).replaceAll('\\', '/');
}

/** A data descriptor (APPNOTE 4.3.9) has four forms and need not be announced: it is known by the header that follows. */
async function readDescriptor(
  file: RandomAccess,
  at: number,
): Promise<{ end: number; describedSize: number | undefined }> {
  const bytes = await file.read(at, 28);
  const headerAt = (offset: number) => {
    if (bytes.length < offset + 4) return false;
    const signature = le32(bytes, offset);
    return (
      signature === LOCAL || signature === CENTRAL || signature === 0x06064b50 || signature === 0x06054b50
    );
  };
  if (headerAt(0)) return { end: at, describedSize: undefined };
  const signed = bytes.length >= 4 && le32(bytes, 0) === DESCRIPTOR;
  for (const length of signed ? [16, 24] : [12, 20]) {
    if (headerAt(length))
      return { end: at + length, describedSize: le32(bytes, length - (length >= 20 ? 8 : 4)) };
  }
  return { end: at, describedSize: undefined };
}

async function checkGap(file: RandomAccess, from: number, to: number): Promise<void> {
  if (to <= from) return;
  if (from === 0) throw new Unfit('content_ambiguous', 'zip: other data in front of the first entry');
  if (to - from > LARGEST_GAP)
    throw new Unfit('content_ambiguous', 'zip: much data that belongs to no entry');
  const gap = buffer(await file.read(from, to - from));
  if (isPadding(gap)) return;
  if (gap.includes('PK\x03\x04', 0, 'latin1') || foreignArchive(gap)) {
    throw new Unfit('content_ambiguous', 'zip: hidden entries between the listed ones');
  }
}
