import { isPadding, le16, startsWith, u8 } from '../bytes.ts';
import type { RandomAccess } from '../inspection.ts';
import { Unfit } from '../unfit.ts';
import { checkPixels } from './pixels.ts';

const IMAGE = 0x2c;
const EXTENSION = 0x21;
const TRAILER = 0x3b;
const PIECE = 4096;

/** Walks the blocks of a GIF (GIF89a specification, 12 to 27) to its trailer. Resolves to where it ends. */
export async function gifEnd(file: RandomAccess): Promise<number> {
  const screen = await file.read(0, 13);
  if (!startsWith(screen, 'GIF87a') && !startsWith(screen, 'GIF89a'))
    throw new Unfit('type_mismatch', 'gif: no signature');
  checkPixels(le16(screen, 6), le16(screen, 8), 'gif');
  let hasImage = false;
  for (let at = 13 + colourTable(u8(screen, 10)); ; ) {
    const block = await file.read(at, 10);
    switch (block[0]) {
      case TRAILER:
        if (!hasImage) throw damaged('it has no image');
        return at + 1;
      case IMAGE:
        checkPixels(le16(block, 5), le16(block, 7), 'gif');
        hasImage = true;
        at = await subBlocksEnd(file, at + 11 + colourTable(u8(block, 9)));
        break;
      case EXTENSION:
        at = await subBlocksEnd(file, at + 2);
        break;
      default:
        if (hasImage && (await onlyPaddingFrom(file, at))) return at;
        throw damaged('a block of no known kind');
    }
  }
}

/** Bytes of the colour table that the flags of a screen or image announce. */
function colourTable(flags: number): number {
  return flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0;
}

/** Sub-blocks are short and many: they are walked in pieces of many. */
async function subBlocksEnd(file: RandomAccess, from: number): Promise<number> {
  for (let at = from; at < file.size; ) {
    const piece = await file.read(at, PIECE);
    let offset = 0;
    while (offset < piece.length) {
      const length = u8(piece, offset);
      offset += 1 + length;
      if (length === 0) return at + offset;
    }
    at += offset;
  }
  throw damaged('the end is missing');
}

/** Some programs leave out the trailer, or pad in place of it. */
async function onlyPaddingFrom(file: RandomAccess, at: number): Promise<boolean> {
  return file.size - at <= PIECE && isPadding(await file.read(at, PIECE));
}

function damaged(what: string): Unfit {
  return new Unfit('content_damaged', `gif: ${what}`);
}
