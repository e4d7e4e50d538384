import { buffer, le16, le32, startsWith } from '../bytes.ts';
import type { RandomAccess } from '../inspection.ts';
import { LIMITS } from '../limits.ts';
import { Unfit } from '../unfit.ts';

export const COMPOUND_SIGNATURE = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1] as const;

/** A stream or storage of a compound file; names on the path begin with `/`. */
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
  /** The bytes of a stream; a read fails where the chain of its sectors is broken. */
  open(stream: CompoundEntry): RandomAccess;
}

const FREE = 0xffffffff;
const LAST_SECTOR = 0xfffffffa;
const NO_ENTRY = 0xffffffff;
const MINI_SECTOR = 64;

/** Opens a compound file ([MS-CFB], version 3 or 4): its allocation tables and its tree of names. */
export async function openCompound(file: RandomAccess): Promise<Compound> {
  const header = await file.read(0, 512);
  if (!startsWith(header, COMPOUND_SIGNATURE)) throw new Unfit('type_mismatch', 'compound: no signature');
  const shift = le16(header, 30);
  if (le16(header, 28) !== 0xfffe || (shift !== 9 && shift !== 12) || le16(header, 32) !== 6) {
    throw damaged('the header is broken');
  }
  const size = 1 << shift;
  // Sector 0 follows the header, which fills a sector itself.
  const sectors = { size, base: size, source: file };
  const fat = await readFat(header, sectors);
  const directory = await readChain(sectors, fat, le32(header, 48), LIMITS.directory);
  const [root, ...entries] = walk(directory, shift === 9);
  if (!root) throw damaged('it has no root');

  const miniFat = numbers(await readChain(sectors, fat, le32(header, 60), file.size));
  const miniSectors = { size: MINI_SECTOR, base: 0, source: chained(sectors, fat, root.start, root.size) };
  const cutoff = le32(header, 56);
  return {
    entries,
    end: (lastUsed(fat) + 1) * size + size,
    open: ({ start, size }) =>
      size < cutoff ? chained(miniSectors, miniFat, start, size) : chained(sectors, fat, start, size),
  };
}

interface Sectors {
  /** Bytes of one sector. */
  size: number;
  /** Where sector 0 begins. */
  base: number;
  source: RandomAccess;
}

/** A chain of sectors as one file of so many bytes. The chain is followed only as far as somebody reads. */
function chained(
  { size: sectorSize, base, source }: Sectors,
  fat: Uint32Array,
  start: number,
  size: number,
): RandomAccess {
  const chain = [start];
  const sectorAt = (index: number): number => {
    while (chain.length <= index && chain.length <= fat.length) chain.push(fat[chain.at(-1) ?? FREE] ?? FREE);
    return chain[index] ?? FREE;
  };
  return {
    size,
    async read(offset, length) {
      const end = Math.min(offset + length, size);
      const parts: Uint8Array[] = [];
      for (let at = offset; at < end; ) {
        const index = Math.floor(at / sectorSize);
        const sector = sectorAt(index);
        let run = 1;
        while ((index + run) * sectorSize < end && sectorAt(index + run) === sector + run) run += 1;
        const within = at % sectorSize;
        const wanted = Math.min(run * sectorSize - within, end - at);
        const part =
          sector > LAST_SECTOR
            ? new Uint8Array(0)
            : await source.read(base + sector * sectorSize + within, wanted);
        if (part.length === 0) throw damaged('a chain of sectors leads nowhere');
        parts.push(part);
        at += part.length;
      }
      const [only = new Uint8Array(0), ...more] = parts;
      return more.length === 0 ? only : Buffer.concat(parts);
    },
  };
}

/** Everything in a chain whose length stands nowhere, up to a limit. */
async function readChain(
  sectors: Sectors,
  fat: Uint32Array,
  start: number,
  limit: number,
): Promise<Uint8Array> {
  let count = 0;
  for (let sector = start; sector <= LAST_SECTOR; sector = fat[sector] ?? FREE) {
    count += 1;
    if (count > fat.length) throw damaged('a chain of sectors goes in circles');
  }
  return chained(sectors, fat, start, count * sectors.size).read(0, limit);
}

/** The sector allocation table: its first 109 sectors are named in the header, the others in a chain of their own. */
async function readFat(header: Uint8Array, { size, base, source }: Sectors): Promise<Uint32Array> {
  const count = Math.ceil((source.size - base) / size);
  const read = (sector: number) => source.read(base + sector * size, size);
  const places = [...numbers(header.subarray(76, 512))];
  let next = le32(header, 68);
  for (let i = 0; next <= LAST_SECTOR; i += 1) {
    const table = numbers(await read(next));
    if (table.length === 0 || i > count / 100) throw damaged('the allocation table leads nowhere');
    places.push(...table.subarray(0, -1));
    next = table.at(-1) ?? FREE;
  }
  // A table for more sectors than the file can have would only cost memory.
  const needed = Math.ceil(((count + 1) * 4) / size);
  const parts: Uint8Array[] = [];
  for (const place of places.filter((sector) => sector <= LAST_SECTOR).slice(0, needed))
    parts.push(await read(place));
  return numbers(Buffer.concat(parts));
}

function lastUsed(fat: Uint32Array): number {
  return fat.findLastIndex((next) => next !== FREE);
}

/** The entries that the tree of the directory reaches, root first. */
function walk(directory: Uint8Array, version3: boolean): CompoundEntry[] {
  const found: CompoundEntry[] = [];
  const seen = new Set<number>();
  const waiting = [{ id: 0, parent: '' }];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { id, parent } = next;
    if (id === NO_ENTRY || seen.has(id) || (id + 1) * 128 > directory.length) continue;
    seen.add(id);
    const raw = directory.subarray(id * 128, (id + 1) * 128);
    const type = raw[66];
    if (type !== 1 && type !== 2 && type !== 5) continue;
    const name = buffer(raw.subarray(0, Math.max(0, Math.min(64, le16(raw, 64)) - 2))).toString('utf16le');
    const path = id === 0 ? '' : `${parent}/${name}`;
    // In version 3 the upper half of the size may hold anything.
    const size = le32(raw, 120) + (version3 ? 0 : le32(raw, 124) * 0x1_0000_0000);
    found.push({ path, isStream: type === 2, start: le32(raw, 116), size });
    if (found.length > LIMITS.entries) throw new Unfit('inspection_failed', 'compound: too many streams');
    if (id !== 0) waiting.push({ id: le32(raw, 68), parent }, { id: le32(raw, 72), parent });
    if (type !== 2) waiting.push({ id: le32(raw, 76), parent: path });
  }
  return found;
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
