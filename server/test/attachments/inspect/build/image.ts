import { crc32, deflateSync } from 'node:zlib';

/** A PNG that states these dimensions; `extra` chunks stand in front of its end. */
export function png({ width = 1, height = 1, extra = [] as Buffer[], end = true } = {}): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 0, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.from([0, 0]))),
    ...extra,
    ...(end ? [chunk('IEND')] : []),
  ]);
}

export function chunk(type: string, content: Uint8Array = Buffer.alloc(0)): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), content]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(content.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

/** A JPEG of segments that states these dimensions. */
export function jpeg({ width = 1, height = 1, comment = '', end = true } = {}): Buffer {
  const frame = Buffer.from([8, height >> 8, height & 0xff, width >> 8, width & 0xff, 1, 1, 0x11, 0]);
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    segment(0xe0, Buffer.from('JFIF\0\x01\x01\0\0\x01\0\x01\0\0', 'latin1')),
    ...(comment ? [segment(0xfe, Buffer.from(comment, 'latin1'))] : []),
    segment(0xc0, frame),
    segment(0xda, Buffer.from([1, 1, 0, 0, 63, 0])),
    // Stuffed zeros, a restart marker and fill bytes belong to a scan.
    Buffer.from([0x12, 0xff, 0x00, 0x34, 0xff, 0xd0, 0x56, 0xff]),
    ...(end ? [Buffer.from([0xff, 0xd9])] : []),
  ]);
}

export function segment(marker: number, content: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(content.length + 2);
  return Buffer.concat([Buffer.from([0xff, marker]), length, content]);
}

/** A GIF that states these dimensions of its screen; `comment` is at most 255 bytes. */
export function gif({ width = 1, height = 1, comment = '', end = true } = {}): Buffer {
  const screen = Buffer.from([
    width & 0xff,
    width >> 8,
    height & 0xff,
    height >> 8,
    0x80,
    0,
    0,
    0,
    0,
    0,
    255,
    255,
    255,
  ]);
  const text = Buffer.from(comment, 'latin1');
  return Buffer.concat([
    Buffer.from('GIF89a'),
    screen,
    ...(comment ? [Buffer.from([0x21, 0xfe, text.length]), text, Buffer.from([0])] : []),
    Buffer.from([0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0]),
    ...(end ? [Buffer.from([0x3b])] : []),
  ]);
}
