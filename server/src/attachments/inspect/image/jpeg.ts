import { be16, buffer, startsWith, u8 } from '../bytes.ts';
import type { RandomAccess } from '../inspection.ts';
import { Unfit } from '../unfit.ts';
import { checkPixels } from './pixels.ts';

const PIECE = 256 * 1024;
const START_OF_SCAN = 0xda;
const END_OF_IMAGE = 0xd9;

/** Walks the segments of a JPEG (ITU-T T.81 B.1) through its scans to the end of the image. Resolves to where that is. */
export async function jpegEnd(file: RandomAccess): Promise<number> {
  if (!startsWith(await file.read(0, 3), [0xff, 0xd8, 0xff]))
    throw new Unfit('type_mismatch', 'jpeg: no signature');
  let hasFrame = false;
  for (let at = 2; ; ) {
    const { marker, next } = await markerAt(file, at);
    if (marker === END_OF_IMAGE) return next;
    if (isStandalone(marker)) {
      at = next;
      continue;
    }
    const head = await file.read(next, 8);
    if (head.length < 2 || be16(head, 0) < 2) throw damaged('a segment is broken');
    if (isFrame(marker)) {
      checkPixels(be16(head, 5), be16(head, 3), 'jpeg');
      hasFrame = true;
    }
    at = next + be16(head, 0);
    if (marker !== START_OF_SCAN) continue;
    if (!hasFrame) throw damaged('a scan comes before its frame');
    at = await scanEnd(file, at);
  }
}

/** The marker at a place, behind any fill bytes, and where its segment begins. */
async function markerAt(file: RandomAccess, at: number): Promise<{ marker: number; next: number }> {
  for (let place = at; ; place += 1) {
    const bytes = await file.read(place, 2);
    if (bytes.length < 2) throw damaged('the end is missing');
    if (bytes[0] !== 0xff) throw damaged('a segment does not begin with a marker');
    if (bytes[1] !== 0xff) return { marker: u8(bytes, 1), next: place + 2 };
  }
}

/** Where the entropy-coded data ends: at a marker other than a stuffed zero and the restart markers. */
async function scanEnd(file: RandomAccess, from: number): Promise<number> {
  for (let at = from; at < file.size; ) {
    const piece = buffer(await file.read(at, PIECE));
    for (let i = piece.indexOf(0xff); i !== -1 && i + 1 < piece.length; i = piece.indexOf(0xff, i + 1)) {
      const marker = u8(piece, i + 1);
      if (marker !== 0 && marker !== 0xff && !isRestart(marker)) return at + i;
    }
    at += Math.max(1, piece.length - 1);
  }
  throw damaged('the end is missing');
}

function isRestart(marker: number): boolean {
  return marker >= 0xd0 && marker <= 0xd7;
}

function isStandalone(marker: number): boolean {
  return isRestart(marker) || marker === 0x01 || marker === 0xd8;
}

/** Start-of-frame markers, among which three others lie. */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
}

function damaged(what: string): Unfit {
  return new Unfit('content_damaged', `jpeg: ${what}`);
}
