import { isUtf8 } from 'node:buffer';
import { Readable } from 'node:stream';
import { TextDecoder } from 'node:util';
import { encodingOf } from './inspect/text/text.ts';

/**
 * A text file as UTF-8, piece by piece. UTF-16 is told as the inspection tells it; anything else is UTF-8 up to its first
 * byte that is none, and Windows-1252 from there: what comes before is the same in both, but for rare luck.
 */
export function readableText(bytes: Readable): Readable {
  return Readable.from(pieces(bytes), { objectMode: false });
}

async function* pieces(bytes: Readable): AsyncGenerator<Buffer> {
  let decode: ReturnType<typeof decoder> | undefined;
  for await (const piece of bytes) {
    decode ??= decoder(piece);
    const text = decode(piece, false);
    if (text.length > 0) yield text;
  }
  const rest = decode?.(Buffer.alloc(0), true);
  if (rest && rest.length > 0) yield rest;
}

function decoder(start: Buffer): (piece: Buffer, isLast: boolean) => Buffer {
  const encoding = encodingOf(start);
  if (encoding === '8-bit') return eightBit();
  const utf16 = new TextDecoder(encoding);
  return (piece, isLast) => Buffer.from(utf16.decode(piece, { stream: !isLast }));
}

function eightBit(): (piece: Buffer, isLast: boolean) => Buffer {
  const windows = new TextDecoder('windows-1252');
  let rest = Buffer.alloc(0);
  let broken = false;
  return (piece, isLast) => {
    const all = Buffer.concat([rest, piece]);
    const end = broken || isLast ? all.length : endOfLastCharacter(all);
    rest = all.subarray(end);
    const whole = all.subarray(0, end);
    broken ||= !isUtf8(whole);
    return broken ? Buffer.from(windows.decode(whole)) : whole;
  };
}

/** Where a character begins that the next piece goes on with; the length where there is none (RFC 3629, section 3). */
function endOfLastCharacter(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) break;
    if (byte < 0xc0) continue;
    const length = byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
    return length > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}
