import { buffer, le16, le32, startsWith } from '../bytes.ts';
import type { RandomAccess } from '../inspection.ts';
import { LIMITS } from '../limits.ts';
import { Unfit } from '../unfit.ts';

export const COMPOUND_SIGNATURE = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1] as const;

/** A stream or storage of a compound file; names on the path are joined by `/`. */
export interface CompoundEntry {
  path: string;
  isStream: boolean;
  start: number;
  size: number;
}

export interface Compound {
  entries: CompoundEntry[];
  /** Where the last sector in use ends. */
  end: number;
  /** Resolves to the first `length` bytes of a stream, fewer when it is shorter. */
  read(stream: CompoundEntry, length: number): Promise<Uint8Array>;
}

const FREE = 0xffffffff;
const LAST_SECTOR = 0xfffffffa;
const NO_ENTRY = 0xffffffff;

/** Opens a compound file ([MS-CFB], version 3 or 4): its allocation tables and its tree of names. */
export async function openCompound(file: RandomAccess): Promise<Compound> {
  const header = await file.read(0, 512);
  if (!startsWith(header, COMPOUND_SIGNATURE)) throw new Unfit('type_mismatch', 'compound: no signature');
  const shift = le16(header, 30);
  if (le16(header, 28) !== 0xfffe || (shift !== 9 && shift !== 12) || le16(header, 32) !== 6)
    throw damaged('the header is broken');

  const sectors = sectorReader(file, 1 << shift);
  const fat = await readFat(header, sectors);
  const entries = walk(await sectors.readChain(fat, le32(header, 48), LIMITS.directory), shift === 9);
  const [root] = entries;
  if (!root) throw damaged('it has no root');
  const miniFat = numbers(await sectors.readChain(fat, le32(header, 60), file.size));
  const cutoff = le32(header, 56);

  return {
    entries: entries.slice(1),
    end: (lastUsed(fat) + 2) * sectors.size,
    async read(stream, length) {
      const wanted = Math.min(stream.size, length);
      if (stream.size >= cutoff)
        return (await sectors.readChain(fat, stream.start, wanted)).subarray(0, wanted);
      const container = await sectors.readChain(fat, root.start, root.size);
      return joinMini(container, miniFat, stream.start, wanted);
    },
  };
}

function sectorReader(file: RandomAccess, size: number) {
  const read = (sector: number) => file.read((sector + 1) * size, size);
  return {
    size,
    count: Math.ceil(file.size / size) - 1,
    read,
    /** The bytes of a chain of sectors, at least `length` unless it ends before; a chain in a circle ends in an error. */
    async readChain(fat: Uint32Array, start: number, length: number): Promise<Uint8Array> {
      const parts: Uint8Array[] = [];
      let sector = start;
      for (let got = 0; got < length && sector <= LAST_SECTOR; got += size) {
        const bytes = await read(sector);
        if (bytes.length === 0 || parts.length > fat.length)
          throw damaged('a chain of sectors leads nowhere');
        parts.push(bytes);
        sector = fat[sector] ?? FREE;
      }
      return Buffer.concat(parts);
    },
  };
}

/** The sector allocation table: its first 109 sectors are named in the header, the others in a chain of their own. */
async function readFat(header: Uint8Array, sectors: ReturnType<typeof sectorReader>): Promise<Uint32Array> {
  const places = [...numbers(header.subarray(76, 512))];
  let next = le32(header, 68);
  for (let i = 0; next <= LAST_SECTOR; i += 1) {
    const table = numbers(await sectors.read(next));
    if (table.length === 0 || i > sectors.count / 100) throw damaged('the allocation table leads nowhere');
    places.push(...table.subarray(0, -1));
    next = table.at(-1) ?? FREE;
  }
  const parts: Uint8Array[] = [];
  const needed = Math.ceil(((sectors.count + 1) * 4) / sectors.size);
  for (const place of places.filter((sector) => sector <= LAST_SECTOR).slice(0, needed))
    parts.push(await sectors.read(place));
  return numbers(Buffer.concat(parts));
}

function lastUsed(fat: Uint32Array): number {
  return fat.findLastIndex((next) => next !== FREE);
}

/** The entries that the tree of the directory reaches, root first. */
function walk(directory: Uint8Array, version3: boolean): CompoundEntry[] {
  const found: CompoundEntry[] = [];
  const seen = new Set<number>();
  const waiting: { id: number; parent: string }[] = [{ id: 0, parent: '' }];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { id, parent } = next;
    if (id === NO_ENTRY || seen.has(id) || (id + 1) * 128 > directory.length) continue;
    seen.add(id);
    const raw = directory.subarray(id * 128, (id + 1) * 128);
    const name = buffer(raw.subarray(0, Math.max(0, Math.min(64, le16(raw, 64)) - 2))).toString('utf16le');
    const path = id === 0 ? '' : `${parent}/${name}`;
    const type = raw[66];
    if (type !== 1 && type !== 2 && type !== 5) continue;
    // In version 3 the upper half of the size may hold anything.
    const size = version3 ? le32(raw, 120) : le32(raw, 120) + le32(raw, 124) * 0x1_0000_0000;
    found.push({ path, isStream: type === 2, start: le32(raw, 116), size });
    if (found.length > LIMITS.entries) throw new Unfit('inspection_failed', 'compound: too many streams');
    if (id !== 0) waiting.push({ id: le32(raw, 68), parent }, { id: le32(raw, 72), parent });
    if (type !== 2) waiting.push({ id: le32(raw, 76), parent: path });
  }
  return found;
}

function joinMini(container: Uint8Array, miniFat: Uint32Array, start: number, length: number): Uint8Array {
  const parts: Uint8Array[] = [];
  let sector = start;
  for (let got = 0; got < length && sector <= LAST_SECTOR; got += 64) {
    const part = container.subarray(sector * 64, sector * 64 + 64);
    if (part.length === 0 || parts.length > miniFat.length)
      throw damaged('a chain of small sectors leads nowhere');
    parts.push(part);
    sector = miniFat[sector] ?? FREE;
  }
  return Buffer.concat(parts).subarray(0, length);
}

function numbers(bytes: Uint8Array): Uint32Array {
  const view = buffer(bytes);
  const result = new Uint32Array(bytes.length >>> 2);
  for (let i = 0; i < result.length; i += 1) result[i] = view.readUInt32LE(i * 4);
  return result;
}

function damaged(what: string): Unfit {
  return new Unfit('content_damaged', `compound: ${what}`);
}
