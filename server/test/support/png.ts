import { crc32, deflateSync } from 'node:zlib';

export type Colour = readonly [red: number, green: number, blue: number];

/** A picture that is drawn on in rectangles. */
export interface Canvas {
  width: number;
  height: number;
  pixels: Buffer;
}

const BYTES_PER_PIXEL = 3;
const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

export function canvas(width: number, height: number, colour: Colour): Canvas {
  const picture = { width, height, pixels: Buffer.alloc(width * height * BYTES_PER_PIXEL) };
  fill(picture, 0, 0, width, height, colour);
  return picture;
}

/** Fills a rectangle; what lies outside the picture is left out. */
export function fill(
  { width, height, pixels }: Canvas,
  left: number,
  top: number,
  wide: number,
  high: number,
  colour: Colour,
): void {
  for (let y = Math.max(0, top); y < Math.min(height, top + high); y += 1) {
    for (let x = Math.max(0, left); x < Math.min(width, left + wide); x += 1) {
      pixels.set(colour, (y * width + x) * BYTES_PER_PIXEL);
    }
  }
}

/** The picture as a PNG of 8 bits a channel, no alpha, not interlaced (PNG specification, 5 and 11.2). */
export function png({ width, height, pixels }: Canvas): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(unfiltered(width, height, pixels))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** Every row begins with the number of its filter: 0, none. */
function unfiltered(width: number, height: number, pixels: Buffer): Buffer {
  const stride = width * BYTES_PER_PIXEL;
  const rows = Buffer.alloc(height * (stride + 1));
  for (let y = 0; y < height; y += 1) {
    pixels.copy(rows, y * (stride + 1) + 1, y * stride, (y + 1) * stride);
  }
  return rows;
}

function chunk(type: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  return Buffer.concat([uint32(data.length), named, uint32(crc32(named))]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
