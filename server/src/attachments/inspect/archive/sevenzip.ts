import { crc32 } from 'node:zlib';
import { le32, le64, startsWith } from '../bytes.ts';
import { refuseAppended, refuseDistantSignatures } from '../foreign.ts';
import type { RandomAccess, Warning } from '../inspection.ts';
import { LIMITS } from '../limits.ts';
import { Unfit } from '../unfit.ts';
import { Allowance } from './allowance.ts';
import { judgeEntryNames } from './entry-names.ts';
import { type Folder, type Header, parseHeader, type Streams } from './sevenzip-header.ts';
import { checkLinks } from './sevenzip-links.ts';
import { unpackFolder } from './sevenzip-unpack.ts';

const SIGNATURE = [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c] as const;
const AES = '06f10701';

/** Judges a 7z archive by its header: names, links, totals. Its files are not unpacked. */
export async function checkSevenZip(file: RandomAccess): Promise<Warning[]> {
  const header = await readHeader(file);
  await refuseDistantSignatures(file, '7z');
  const { folders } = header.streams;
  new Allowance(file.size).take(
    header.entries.length,
    folders.reduce((total, folder) => total + folder.size, 0),
  );
  const warnings = judgeEntryNames(
    header.entries.map((entry) => (entry.isFolder ? `${entry.name}/` : entry.name)),
    '7z',
  );
  await checkLinks(file, header);
  if (!folders.some(isEncrypted)) return warnings;
  if (warnings.includes('nested_archives'))
    throw new Unfit('archive_locked', '7z: archives inside an encrypted one');
  return [...warnings, 'encrypted'];
}

/** The start header says where the header lies; behind that the file must end. */
async function readHeader(file: RandomAccess): Promise<Header> {
  const start = await file.read(0, 32);
  if (!startsWith(start, SIGNATURE)) throw new Unfit('type_mismatch', '7z: no signature');
  if (start.length < 32 || crc32(start.subarray(12, 32)) !== le32(start, 8))
    throw damaged('the start header is broken');
  const at = 32 + le64(start, 12);
  const size = le64(start, 20);
  if (at + size > file.size) throw damaged('the end is missing');
  await refuseAppended(file, at + size, '7z');
  if (size === 0) return { streams: { packStart: 32, packSizes: [], folders: [] }, entries: [] };

  let bytes = await readBounded(file, at, size);
  if (crc32(bytes) !== le32(start, 28)) throw damaged('the checksum of the header is wrong');
  // A header may be packed more than once, but no program packs it more than twice.
  for (let i = 0; i < 3; i += 1) {
    const header = parseHeader(bytes);
    if (!('encoded' in header)) return header;
    bytes = await unpackHeader(file, header.encoded);
  }
  throw damaged('the header is packed too often');
}

async function unpackHeader(file: RandomAccess, streams: Streams): Promise<Uint8Array> {
  const [folder] = streams.folders;
  if (!folder || streams.folders.length !== 1) throw damaged('the packed header is broken');
  if (isEncrypted(folder)) throw new Unfit('archive_locked', '7z: the names are encrypted');
  if (folder.size > LIMITS.directory) throw tooLarge(folder.size);
  const header = await unpackFolder(file, streams, 0, folder.size);
  if (!header) throw new Unfit('inspection_failed', '7z: the header is packed by a rare method');
  return header;
}

function isEncrypted(folder: Folder): boolean {
  return folder.coders.some(({ method }) => method === AES);
}

async function readBounded(file: RandomAccess, at: number, size: number): Promise<Uint8Array> {
  if (size > LIMITS.directory) throw tooLarge(size);
  const bytes = await file.read(at, size);
  if (bytes.length < size) throw damaged('the header is cut');
  return bytes;
}

function tooLarge(actual: number): Unfit {
  return new Unfit('archive_too_large', '7z: the header is too large', { limit: LIMITS.directory, actual });
}

function damaged(what: string): Unfit {
  return new Unfit('content_damaged', `7z: ${what}`);
}
