import { buffer } from '../bytes.ts';
import type { RandomAccess } from '../inspection.ts';
import { Unfit } from '../unfit.ts';
import type { Header, SevenZipEntry } from './sevenzip-header.ts';
import { unpackFolder } from './sevenzip-unpack.ts';

/**
 * Refuses devices, and links that lead out of the archive or cannot be read: what a link points to is its
 * content, and links within the archive are how Unix programs pack their libraries.
 */
export async function checkLinks(file: RandomAccess, header: Header): Promise<void> {
  const placed = header.entries.filter(({ hasBytes }) => hasBytes);
  if (header.entries.some((entry) => isSpecial(entry) && !(isLink(entry) && entry.hasBytes))) throw unsafe();
  for (const [index, { parts }] of header.streams.folders.entries()) {
    const entries = placed.splice(0, parts.length);
    const last = entries.findLastIndex(isLink);
    if (last === -1) continue;
    const ends = parts.map((_, i) => sum(parts.slice(0, i + 1)));
    const content = await unpackFolder(file, header.streams, index, ends[last] ?? 0);
    for (const [i, entry] of entries.entries()) {
      if (!isLink(entry)) continue;
      const target = content && buffer(content.subarray(ends[i - 1] ?? 0, ends[i])).toString('utf8');
      if (target === undefined || leadsOut(entry.name, target)) throw unsafe();
    }
  }
  if (placed.some(isLink)) throw unsafe();
}

/** Unix modes, kept in the upper half when bit 15 says so, other than file and folder; Windows reparse points. */
function isSpecial({ attributes }: SevenZipEntry): boolean {
  const kind = attributes & 0x8000 ? (attributes >>> 16) & 0xf000 : 0;
  return ![0, 0x4000, 0x8000].includes(kind) || (attributes & 0x400) !== 0;
}

function isLink({ attributes }: SevenZipEntry): boolean {
  return (attributes & 0x8000) !== 0 && ((attributes >>> 16) & 0xf000) === 0xa000;
}

function leadsOut(name: string, target: string): boolean {
  if (/^(?:[/\\]|[a-z]:)|\0/i.test(target) || target === '') return true;
  let depth = name.split(/[/\\]/).length - 1;
  for (const part of target.split(/[/\\]/)) {
    if (part === '..') depth -= 1;
    else if (part !== '.' && part !== '') depth += 1;
    if (depth < 0) return true;
  }
  return false;
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function unsafe(): Unfit {
  return new Unfit('archive_unsafe', '7z: an entry is a device, or a link that leads out of the archive');
}
