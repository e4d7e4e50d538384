import type { RefusalCode, RefusalDetails } from '../refusals.ts';
import { isProgram, isScript } from './blocked-extensions.ts';
import type { InspectionPolicy } from './inspect/inspection.ts';
import { acceptedTypes, accepts, type Extension } from './policy.ts';

/** Longest name on the way out, in UTF-8 bytes; no name has more characters than bytes. */
export const NAME_BYTES = 255;

export type FileName =
  | { accepted: true; name: string; extension: Extension }
  | { accepted: false; code: RefusalCode; details: RefusalDetails };

/**
 * Judges a name as a client sent it. An accepted `name` is in NFC, holds no path, control, bidi or invisible
 * character, ends in its extension and fits 255 bytes; apart from that it is as people typed it.
 * The extension (lower case, no dot) is judged after NFKC, so that no look-alike dot hides another one.
 */
export function judgeFileName(raw: string, policy: InspectionPolicy): FileName {
  const judged = visible(lastComponent(raw.normalize('NFKC'))).normalize('NFC');
  const dot = judged.lastIndexOf('.');
  const extension = judged.slice(dot + 1).toLowerCase();
  const fileName = shorten(visible(raw).normalize('NFC') || '?');

  if (judged === '' || /^\.[^.]*$/.test(raw)) return refused('file_name_invalid', { file_name: fileName });
  if (dot === -1 || !accepts(extension, policy)) {
    const limit = acceptedTypes(policy).map((type) => type.extension);
    return refused('type_not_allowed', { file_name: fileName, limit: limit.join(', ') });
  }
  if (hidesBlockedExtension(raw)) return refused('file_name_invalid', { file_name: fileName });

  return { accepted: true, name: shownName(raw, judged, extension), extension };
}

function refused(code: RefusalCode, details: RefusalDetails): FileName {
  return { accepted: false, code, details };
}

/** Clients send whole paths (`C:\fakepath\a.pdf`); what stands after the last separator is the name. */
function lastComponent(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}

const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;
const TRAILING = /[.\s]+$/u;

/** Without what has no ink or turns the reading direction, and without the endings that Windows drops. */
function visible(name: string): string {
  return name.toWellFormed().replace(INVISIBLE, '').replace(TRAILING, '');
}

/**
 * Some servers and file systems end a name at `;`, `:` or NUL: `a.php;.jpg` is then a PHP page.
 * Such a mark is refused only behind an extension that would do harm.
 */
function hidesBlockedExtension(raw: string): boolean {
  const pieces = raw.normalize('NFKC').split(/[;:\0]|%00/);
  return pieces.slice(0, -1).some((piece) => {
    const name = visible(piece);
    const extension = name.slice(name.lastIndexOf('.') + 1).toLowerCase();
    return name.includes('.') && (isProgram(extension) || isScript(extension));
  });
}

/** The typed name where it ends in the judged extension, else its NFKC form, which does. */
function shownName(raw: string, judged: string, extension: Extension): string {
  const typed = withJoiners(lastComponent(raw.toWellFormed()));
  const name = typed.toLowerCase().endsWith(`.${extension}`) ? typed : judged;
  const stem = name.slice(0, -extension.length - 1);
  const hasInk = /[^\s.]/u.test(stem.replace(INVISIBLE, ''));
  return shorten(hasInk ? name : `_${name.slice(-extension.length - 1)}`);
}

/** The visible name with the joiners that Indic and Persian words and emoji need between two of their characters. */
function withJoiners(name: string): string {
  const joiner =
    /(?<=[\p{L}\p{M}\p{Extended_Pictographic}\p{EMod}])[\u200c\u200d](?=[\p{L}\p{M}\p{Extended_Pictographic}])/gu;
  const kept = new Set([...name.matchAll(joiner)].map((match) => match.index));
  return name
    .replace(INVISIBLE, (char, index) => (kept.has(index) || isVariation(char) ? char : ''))
    .replace(TRAILING, '')
    .normalize('NFC');
}

/** U+FE0E and U+FE0F choose between text and emoji form of the character before them. */
function isVariation(char: string): boolean {
  return char === '\ufe0e' || char === '\ufe0f';
}

/** Cut in the middle, between graphemes, so that the beginning and the extension stay readable. */
export function shorten(name: string): string {
  if (Buffer.byteLength(name) <= NAME_BYTES) return name;
  const dot = name.lastIndexOf('.');
  const stem = dot > 0 && name.length - dot <= 8 ? name.slice(0, dot) : name;
  const ending = name.slice(stem.length);
  const graphemes = [...new Intl.Segmenter().segment(stem)].map((part) => part.segment);
  const room = NAME_BYTES - Buffer.byteLength(`…${ending}`);
  const head = fitting(graphemes, Math.ceil(room / 2));
  const tail = fitting(graphemes.slice(head.length).reverse(), room - Buffer.byteLength(head.join('')));
  return `${head.join('')}…${tail.reverse().join('')}${ending}`;
}

/** As many parts from the front as fit into so many bytes. */
function fitting(parts: string[], bytes: number): string[] {
  let used = 0;
  const end = parts.findIndex((part) => {
    used += Buffer.byteLength(part);
    return used > bytes;
  });
  return end === -1 ? parts : parts.slice(0, end);
}
