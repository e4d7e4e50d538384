import { inMemory } from '../bounds.ts';
import { startsWith } from '../bytes.ts';
import { refuseDistantSignatures } from '../foreign.ts';
import type { RandomAccess, Warning } from '../inspection.ts';
import { LIMITS } from '../limits.ts';
import { otherProgram, windowsProgram } from '../programs.ts';
import { Unfit } from '../unfit.ts';
import { Allowance } from './allowance.ts';
import { judgeEntryNames } from './entry-names.ts';
import { canUnpack, isEncrypted, unpack } from './unpack.ts';
import { isZip, readDirectory, type ZipEntry } from './zip-directory.ts';
import { type PlacedEntry, placeEntries } from './zip-layout.ts';

/** Judges an archive that people pack themselves, and the archives inside it. */
export async function checkZip(file: RandomAccess): Promise<Warning[]> {
  const allowance = new Allowance(file.size);
  const { entries, warnings } = await openZip(file, allowance);
  refuseOtherPackages(entries);
  return [...warnings, ...(await checkEntries(file, entries, allowance, 1))];
}

async function checkEntries(
  file: RandomAccess,
  entries: PlacedEntry[],
  allowance: Allowance,
  depth: number,
): Promise<Warning[]> {
  const warnings: Warning[] = [];
  for (const entry of entries.filter(canUnpack))
    warnings.push(...(await checkEntry(file, entry, allowance, depth)));
  return warnings;
}

/** The entries of a sound zip, judged by names and sizes alone: nothing has been unpacked yet. */
export async function openZip(
  file: RandomAccess,
  allowance: Allowance,
): Promise<{ entries: PlacedEntry[]; warnings: Warning[] }> {
  const directory = await readDirectory(file);
  await refuseDistantSignatures(file, 'zip');
  allowance.take(
    directory.entries.length,
    directory.entries.reduce((total, entry) => total + entry.size, 0),
  );
  const warnings = judgeEntryNames(
    directory.entries.flatMap(({ name, alias }) => (alias === undefined ? [name] : [name, alias])),
    'zip',
  );
  if (directory.entries.some(isSpecial))
    throw new Unfit('archive_unsafe', 'zip: an entry is a link or a device');
  const entries = await placeEntries(file, directory);
  if (!entries.some(isEncrypted)) return { entries, warnings };
  if (warnings.includes('nested_archives'))
    throw new Unfit('archive_locked', 'zip: archives inside an encrypted one');
  return { entries, warnings: [...warnings, 'encrypted'] };
}

const UNIX = 3;

/** Links, devices and sockets by their Unix mode, and Windows reparse points. A pipe is how Info-ZIP marks standard input. */
function isSpecial(entry: ZipEntry): boolean {
  if ([0x2000, 0x6000, 0xa000, 0xc000].includes(entry.mode & 0xf000)) return true;
  return entry.host !== UNIX && (entry.dosAttributes & 0x400) !== 0;
}

/** Many formats are zips inside; under the name of an archive they hide what they are. */
function refuseOtherPackages(entries: ZipEntry[]): void {
  const names = new Set(entries.map((entry) => entry.name));
  const actual = names.has('[Content_Types].xml')
    ? 'an Office document'
    : names.has('mimetype')
      ? 'an OpenDocument file or e-book'
      : names.has('AndroidManifest.xml')
        ? 'an Android program'
        : undefined;
  if (actual) throw new Unfit('type_mismatch', `zip: it is ${actual}`, { actual });
}

/** Unpacks one entry to its end, which proves its size and checksum, and judges what it begins with. */
async function checkEntry(
  file: RandomAccess,
  entry: PlacedEntry,
  allowance: Allowance,
  depth: number,
): Promise<Warning[]> {
  let head: Buffer | undefined;
  const nested: Buffer[] = [];
  for await (const piece of unpack(file, entry)) {
    head ??= piece;
    if (isZip(head) && entry.size <= LIMITS.nestedSize) nested.push(piece);
  }
  if (head === undefined) return [];
  const actual = windowsProgram(head);
  if (actual)
    throw new Unfit('archive_blocked_entry', 'zip: an entry is a program by its content', { actual });
  if (otherProgram(head)) return ['programs_inside'];
  if (!isZip(head)) return isArchive(head) ? ['nested_archives'] : [];
  return nested.length > 0
    ? checkNested(inMemory(Buffer.concat(nested)), allowance, depth + 1)
    : ['nested_archives'];
}

/** A damaged archive inside a sound one harms nobody; one that is unsafe, too large or too deep refuses the whole. */
export async function checkNested(
  file: RandomAccess,
  allowance: Allowance,
  depth: number,
): Promise<Warning[]> {
  if (depth > LIMITS.nesting) {
    throw new Unfit('archive_too_deep', 'zip: archives within archives', { limit: LIMITS.nesting });
  }
  try {
    const { entries, warnings } = await openZip(file, allowance);
    if (entries.some((entry) => /vbaproject\.bin$/i.test(entry.name))) warnings.push('macros');
    return [...warnings, ...(await checkEntries(file, entries, allowance, depth))];
  } catch (error) {
    if (error instanceof Unfit && ['content_damaged', 'content_ambiguous'].includes(error.code))
      return ['nested_archives'];
    throw error;
  }
}

/** Archives that are not looked into: 7z, RAR, gzip, bzip2, xz, Zstandard, cabinet, tar. */
function isArchive(head: Uint8Array): boolean {
  const signatures = [
    '7z\xbc\xaf\x27\x1c',
    'Rar!\x1a\x07',
    '\x1f\x8b\x08',
    'BZh',
    '\xfd7zXZ\0',
    '\x28\xb5\x2f\xfd',
    'MSCF',
  ];
  return signatures.some((signature) => startsWith(head, signature)) || startsWith(head, 'ustar', 257);
}
