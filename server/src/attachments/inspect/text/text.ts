import { TextDecoder } from 'node:util';
import type { Extension } from '../../policy.ts';
import { buffer, latin1, startsWith } from '../bytes.ts';
import type { RandomAccess, Warning } from '../inspection.ts';
import { Unfit } from '../unfit.ts';
import { hasFormula } from './formulas.ts';
import { refuseActiveText } from './text-start.ts';

const PIECE = 512 * 1024;
const START = 4096;
/** Of every piece so many characters are searched for controls; a NUL is searched for everywhere. */
const SAMPLE = 32 * 1024;
/** At most one character in so many may be a control that no text needs. */
const TOLERANCE = 100;
/** Bell to carriage return, the shifts of ISO 2022, the end mark of DOS, and escape do occur in texts. */
const TEXT_CONTROLS = new Set([7, 8, 9, 10, 11, 12, 13, 14, 15, 26, 27]);
/** More than a formula needs to be told. */
const SEAM = 64;

/**
 * Judges a text in any 8-bit encoding, UTF-8, or UTF-16 with or without a mark, from its first to its last
 * byte: no binary data, and not by its start a page or script. Source code otherwise is text.
 */
export async function checkText(file: RandomAccess, extension: Extension): Promise<Warning[]> {
  const head = await file.read(0, START);
  const encoding = encodingOf(head);
  refuseActiveText(
    encoding === '8-bit' ? buffer(head).toString('utf8') : new TextDecoder(encoding).decode(head),
  );

  const decode = decoder(encoding, extension === 'csv' ? PIECE : SAMPLE);
  let controls = 0;
  let searched = 0;
  let formulas = false;
  let seam = '';
  const memory = new Uint8Array(PIECE);
  for (let at = 0; at < file.size; at += PIECE) {
    const piece = await file.read(at, PIECE, memory);
    const text = decode(piece, at + PIECE >= file.size);
    if (encoding === '8-bit' ? buffer(piece).includes(0) : text.includes('\0')) throw notText('a NUL');
    const sample = text.slice(0, SAMPLE);
    controls += countControls(sample);
    searched += sample.length;
    formulas ||= extension === 'csv' && hasFormula(seam + text);
    seam = text.slice(-SEAM);
  }
  if (controls * TOLERANCE > searched) throw notText('too many control characters');
  return formulas ? ['formulas'] : [];
}

type Encoding = '8-bit' | 'utf-16le' | 'utf-16be';

/** By the mark; without one, UTF-16 shows in many NULs that fill nearly only even or only odd places. */
export function encodingOf(head: Uint8Array): Encoding {
  if (startsWith(head, [0xff, 0xfe])) return 'utf-16le';
  if (startsWith(head, [0xfe, 0xff])) return 'utf-16be';
  const even = head.filter((byte, i) => byte === 0 && i % 2 === 0).length;
  const odd = head.filter((byte, i) => byte === 0 && i % 2 === 1).length;
  if (even + odd < head.length / 8) return '8-bit';
  if (even * 16 < odd) return 'utf-16le';
  return odd * 16 < even ? 'utf-16be' : '8-bit';
}

/**
 * Decodes pieces in order. The letters of 8-bit encodings do not matter here, so that they are read as Latin-1, the
 * first `enough` bytes of each piece: most of the time would go into making strings of the rest.
 */
function decoder(encoding: Encoding, enough: number): (piece: Uint8Array, isLast: boolean) => string {
  if (encoding === '8-bit') return (piece) => latin1(piece.subarray(0, enough));
  const utf16 = new TextDecoder(encoding, { fatal: true });
  return (piece, isLast) => {
    try {
      return utf16.decode(piece, { stream: !isLast });
    } catch (error) {
      if (error instanceof TypeError) throw notText('broken UTF-16');
      throw error;
    }
  };
}

function countControls(text: string): number {
  let count = 0;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if ((code < 32 || code === 127) && !TEXT_CONTROLS.has(code)) count += 1;
  }
  return count;
}

function notText(what: string): Unfit {
  return new Unfit('type_mismatch', `text: ${what}`);
}
