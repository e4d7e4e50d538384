import { TextDecoder } from 'node:util';
import type { Extension } from '../../policy.ts';
import { buffer, startsWith } from '../bytes.ts';
import type { RandomAccess, Warning } from '../inspection.ts';
import { Unfit } from '../unfit.ts';
import { refuseActiveText } from './text-start.ts';

const PIECE = 256 * 1024;
const START = 4096;
/** Of a text in an 8-bit encoding at most so many bytes may be controls that no text needs: one in a hundred. */
const CONTROL_SHARE = 0.01;
/** Bell to carriage return, the shifts of ISO 2022, the end mark of DOS, and escape do occur in texts. */
const TEXT_CONTROLS = new Set([7, 8, 9, 10, 11, 12, 13, 14, 15, 26, 27]);
const IS_CONTROL = Uint8Array.from({ length: 256 }, (_, byte) =>
  Number((byte < 32 && !TEXT_CONTROLS.has(byte)) || byte === 127),
);
/** A cell that a spreadsheet would run: a formula, or one of the old forms of a function or DDE call. */
const FORMULA = /(?:^|[,;\t\r\n])[ "']*(?:=\s*[^=\s,;"]|[+\-@][a-z_]\w*[(|!])/i;
const SEAM = 64;

/**
 * Judges a text in any 8-bit encoding, UTF-8, or UTF-16 with or without a mark, from its first to its last
 * byte: no binary data, and not by its start a page or script. Source code otherwise is text.
 */
export async function checkText(file: RandomAccess, extension: Extension): Promise<Warning[]> {
  const head = await file.read(0, START);
  const encoding = encodingOf(head);
  refuseActiveText(decode(head.subarray(0, head.length & ~1), encoding));

  const decoder = new TextDecoder(encoding === '8-bit' ? 'latin1' : encoding, { fatal: true });
  let controls = 0;
  let formulas = false;
  let seam = '';
  const memory = new Uint8Array(PIECE);
  for (let at = 0; at < file.size; at += PIECE) {
    const piece = await file.read(at, PIECE, memory);
    const text =
      encoding === '8-bit' && extension !== 'csv' ? '' : decodeNext(decoder, piece, at + PIECE < file.size);
    controls += encoding === '8-bit' ? countControls(piece) : countControlCharacters(text);
    formulas ||= extension === 'csv' && FORMULA.test(seam + text);
    seam = text.slice(-SEAM);
  }
  if (controls > file.size * CONTROL_SHARE) throw notText('too many control characters');
  return formulas ? ['formulas'] : [];
}

type Encoding = '8-bit' | 'utf-16le' | 'utf-16be';

/** By the mark; without one, UTF-16 shows in many NULs that fill nearly only even or only odd places. */
function encodingOf(head: Uint8Array): Encoding {
  if (startsWith(head, [0xff, 0xfe])) return 'utf-16le';
  if (startsWith(head, [0xfe, 0xff])) return 'utf-16be';
  const even = head.filter((byte, i) => byte === 0 && i % 2 === 0).length;
  const odd = head.filter((byte, i) => byte === 0 && i % 2 === 1).length;
  if (even + odd < head.length / 8) return '8-bit';
  if (even * 16 < odd) return 'utf-16le';
  return odd * 16 < even ? 'utf-16be' : '8-bit';
}

function decode(bytes: Uint8Array, encoding: Encoding): string {
  return encoding === '8-bit' ? buffer(bytes).toString('utf8') : new TextDecoder(encoding).decode(bytes);
}

function decodeNext(decoder: TextDecoder, piece: Uint8Array, stream: boolean): string {
  try {
    return decoder.decode(piece, { stream });
  } catch (error) {
    if (error instanceof TypeError) throw notText('broken UTF-16');
    throw error;
  }
}

function countControls(piece: Uint8Array): number {
  if (piece.includes(0)) throw notText('a NUL');
  let count = 0;
  // By index: ten times as fast as by iterator, and a text may have 50 MB of them.
  for (let i = 0; i < piece.length; i += 1) count += IS_CONTROL[piece[i] ?? 0] ?? 0;
  return count;
}

function countControlCharacters(text: string): number {
  if (text.includes('\0')) throw notText('a NUL');
  let count = 0;
  for (let i = 0; i < text.length; i += 1) count += IS_CONTROL[text.charCodeAt(i)] ?? 0;
  return count;
}

function notText(what: string): Unfit {
  return new Unfit('type_mismatch', `text: ${what}`);
}
