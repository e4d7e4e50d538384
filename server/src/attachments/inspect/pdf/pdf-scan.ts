import { inflateSync } from 'node:zlib';
import { buffer, latin1 } from '../bytes.ts';
import type { RandomAccess, Warning } from '../inspection.ts';
import { LIMITS } from '../limits.ts';

/** What names in a PDF's objects announce (ISO 32000 12.6.4, 7.11.4, 7.6). */
const SIGNS: [RegExp, Warning][] = [
  [/\/(?:JavaScript|JS)(?![A-Za-z0-9])/, 'javascript'],
  [/\/Launch(?![A-Za-z0-9])/, 'launch_action'],
  [/\/EmbeddedFiles?(?![A-Za-z0-9])/, 'embedded_files'],
  [/\/Encrypt\s*(?:\d+\s+\d+\s+R|<<)/, 'encrypted'],
];
const PIECE = 64 * 1024;
/** Where a stream turns out to be long. */
const LARGE_PIECE = 256 * 1024;
/** Longer than any name or dictionary that could lie across the border of two pieces. */
const SEAM = 1024;
const STREAM = /(?<!end)stream(?:\r\n|\n|\r)/g;
const OBJECT_STREAM = /\/ObjStm(?![A-Za-z0-9])/;

/**
 * Searches the objects of a PDF for what would run or open when it is opened, once from its first byte to
 * its last; the contents of streams are stepped over, apart from those that hold objects.
 */
export async function activeContent(file: RandomAccess): Promise<Warning[]> {
  const warnings = new Set<Warning>();
  let allowance: number = LIMITS.objectStreams;
  let before = '';
  let piece = { start: 0, text: '' };
  for (let at = 0; at < file.size; ) {
    if (at >= piece.start + piece.text.length)
      piece = { start: at, text: latin1(await file.read(at, PIECE)) };
    STREAM.lastIndex = at - piece.start;
    const stream = STREAM.exec(piece.text);
    const end = stream ? STREAM.lastIndex : piece.text.length;
    const objects = before + piece.text.slice(at - piece.start, end);
    addSigns(objects, warnings);
    before = stream ? '' : objects.slice(-SEAM);
    at = piece.start + end;
    if (!stream) continue;

    const dictionary = objects.slice(objects.lastIndexOf(' obj'));
    const dataEnd = await endOfStream(file, at, dictionary);
    if (OBJECT_STREAM.test(dictionary) && dataEnd - at <= allowance) {
      const unpacked = unpackObjects(await file.read(at, dataEnd - at), allowance);
      allowance -= unpacked.length;
      addSigns(unpacked, warnings);
    }
    at = dataEnd;
  }
  return [...warnings];
}

/** Names may be written with their characters as #xx (ISO 32000 7.3.5). */
function addSigns(text: string, warnings: Set<Warning>): void {
  const plain = text.includes('#')
    ? text.replace(/#([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
    : text;
  for (const [sign, warning] of SIGNS) if (sign.test(plain)) warnings.add(warning);
}

/** Where the stated length leads when an end mark stands there, else where the next one does. */
async function endOfStream(file: RandomAccess, start: number, dictionary: string): Promise<number> {
  const stated = /\/Length\s+(\d{1,10})(?!\s+\d+\s+R)/.exec(dictionary)?.[1];
  if (stated !== undefined) {
    const end = start + Number(stated);
    if (/^\s*endstream/.test(latin1(await file.read(end, 32)))) return end;
  }
  const mark = 'endstream';
  for (let at = start, length = PIECE; at < file.size; at += length - mark.length, length = LARGE_PIECE) {
    const found = buffer(await file.read(at, length)).indexOf(mark, 0, 'latin1');
    if (found !== -1) return at + found;
  }
  return file.size;
}

/** An object stream that is packed otherwise, encrypted or broken is not looked into. */
function unpackObjects(bytes: Uint8Array, limit: number): string {
  try {
    return latin1(inflateSync(bytes, { maxOutputLength: Math.max(1, limit) }));
  } catch (error) {
    if (error instanceof Error && 'code' in error) return latin1(bytes);
    throw error;
  }
}
