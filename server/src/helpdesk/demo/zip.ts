import { crc32, deflateRawSync } from 'node:zlib';

export interface ZipEntry {
  /** ASCII. */
  name: string;
  content: Buffer;
}

const LOCAL_HEADER = 0x04034b50;
const CENTRAL_HEADER = 0x02014b50;
const END = 0x06054b50;
const VERSION = 20;
const DEFLATED = 8;
/** 1 November 2026, as MS-DOS writes a date. */
const DATE = ((2026 - 1980) << 9) | (11 << 5) | 1;

/** A zip of deflated files (APPNOTE.TXT 4.3: local headers and data, central directory, its end). */
export function zip(entries: ZipEntry[]): Buffer {
  const locals: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const { name, content } of entries) {
    const data = deflateRawSync(content);
    const path = Buffer.from(name, 'latin1');
    const common = commonFields(content, data, path);
    const local = Buffer.concat([uint32(LOCAL_HEADER), common, path, data]);
    locals.push(local);
    central.push(centralHeader(common, offset), path);
    offset += local.length;
  }
  const directory = Buffer.concat(central);
  return Buffer.concat([...locals, directory, endOfDirectory(entries.length, directory.length, offset)]);
}

/** From "version needed" to "extra field length": the same in both headers. */
function commonFields(content: Buffer, data: Buffer, path: Buffer): Buffer {
  return Buffer.concat([
    ...[VERSION, 0, DEFLATED, 0, DATE].map(uint16),
    ...[crc32(content), data.length, content.length].map(uint32),
    ...[path.length, 0].map(uint16),
  ]);
}

function centralHeader(common: Buffer, offset: number): Buffer {
  const noComment = 0;
  const firstDisk = 0;
  const noAttributes = 0;
  return Buffer.concat([
    uint32(CENTRAL_HEADER),
    uint16(VERSION),
    common,
    ...[noComment, firstDisk, noAttributes].map(uint16),
    ...[noAttributes, offset].map(uint32),
  ]);
}

function endOfDirectory(count: number, length: number, offset: number): Buffer {
  return Buffer.concat([
    uint32(END),
    ...[0, 0, count, count].map(uint16),
    ...[length, offset].map(uint32),
    uint16(0),
  ]);
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
