import type { RandomAccess } from '../inspection.ts';
import { LIMITS } from '../limits.ts';
import { Unfit } from '../unfit.ts';
import { unpackLzma, unpackLzma2 } from './lzma.ts';
import type { Streams } from './sevenzip-header.ts';

const LZMA = '030101';
const LZMA2 = '21';
/** No packing at all; py7zr leaves out the only byte of its id. */
const COPY = ['00', ''];

/**
 * The first `size` bytes of a folder that is packed by the methods 7-Zip chooses by itself, and no filter.
 * Undefined for any other folder, and for one that is packed larger than the checks read.
 */
export async function unpackFolder(
  file: RandomAccess,
  streams: Streams,
  index: number,
  size: number,
): Promise<Uint8Array | undefined> {
  const [coder, ...filters] = streams.folders[index]?.coders ?? [];
  // A folder of one coder takes one packed stream.
  if (!coder || filters.length > 0 || streams.folders.slice(0, index).some(({ coders }) => coders.length > 1))
    return undefined;
  const packSize = streams.packSizes[index] ?? 0;
  if (packSize > LIMITS.nestedSize || size > LIMITS.nestedSize) return undefined;
  const start = streams.packSizes
    .slice(0, index)
    .reduce((total, packed) => total + packed, streams.packStart);
  const packed = await file.read(start, packSize);
  if (packed.length < packSize) throw new Unfit('content_damaged', '7z: packed data is cut');
  if (coder.method === LZMA) return unpackLzma(packed, coder.properties, size);
  if (coder.method === LZMA2) return unpackLzma2(packed, size);
  return COPY.includes(coder.method) ? packed.subarray(0, size) : undefined;
}
