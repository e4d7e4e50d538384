import { crc32 } from 'node:zlib';
import { u32 } from './zip.ts';

export interface SevenZipMember {
  name: string;
  content?: string;
  /** Unix mode; a folder's has no bytes. */
  mode?: number;
}

/** Writes a 7z (7zFormat.txt of the LZMA SDK) that packs nothing, with a plain header. */
export function sevenZip(members: SevenZipMember[], { method = '00', size = 0 } = {}): Buffer {
  const filled = members.filter(({ content }) => content !== undefined);
  const data = Buffer.from(filled.map(({ content }) => content).join(''));
  const id = Buffer.from(method, 'hex');
  const sizes = filled.slice(0, -1).map(({ content }) => number(Buffer.byteLength(content ?? '')));
  const streams =
    filled.length === 0
      ? []
      : [
          bytes(0x04, 0x06, 0x00, 0x01, 0x09),
          number(data.length),
          bytes(0x00, 0x07, 0x0b, 0x01, 0x00, 0x01, id.length),
          id,
          bytes(0x0c),
          number(size || data.length),
          bytes(0x00, 0x08, 0x0d),
          number(filled.length),
          ...(sizes.length > 0 ? [bytes(0x09), ...sizes] : []),
          bytes(0x00, 0x00),
        ];
  const names = Buffer.from(members.map(({ name }) => `${name}\0`).join(''), 'utf16le');
  const attributes = members.map(({ mode = 0o100644 }) => u32(((mode << 16) | 0x8000) >>> 0));
  const header = Buffer.concat([
    bytes(0x01),
    ...streams,
    bytes(0x05),
    number(members.length),
    property(0x0e, bits(members.map(({ content }) => content === undefined))),
    property(0x11, Buffer.concat([bytes(0), names])),
    property(0x15, Buffer.concat([bytes(1, 0), ...attributes])),
    bytes(0x00, 0x00),
  ]);
  const place = Buffer.concat([u32(data.length, 0, header.length, 0, crc32(header))]);
  return Buffer.concat([
    bytes(0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c, 0, 4),
    u32(crc32(place)),
    place,
    data,
    header,
  ]);
}

function property(id: number, content: Buffer): Buffer {
  return Buffer.concat([bytes(id), number(content.length), content]);
}

/** Up to four bytes, as 7z writes numbers. */
function number(value: number): Buffer {
  if (value < 0x80) return bytes(value);
  if (value < 0x4000) return bytes(0x80 | (value >> 8), value & 0xff);
  return Buffer.concat([bytes(0xf0), u32(value)]);
}

function bits(values: boolean[]): Buffer {
  const result = Buffer.alloc(Math.ceil(values.length / 8));
  for (const [i, value] of values.entries())
    if (value) result[i >> 3] = (result[i >> 3] ?? 0) | (0x80 >> (i & 7));
  return result;
}

function bytes(...values: number[]): Buffer {
  return Buffer.from(values);
}
