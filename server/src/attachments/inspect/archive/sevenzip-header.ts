import { buffer, le32, u8 } from '../bytes.ts';
import { LIMITS } from '../limits.ts';
import { Unfit } from '../unfit.ts';

/** One way of packing: method ids and properties, in the order the archive states them. */
export interface Folder {
  coders: { method: string; properties: Uint8Array }[];
  /** Bytes that the folder unpacks to. */
  size: number;
  hasDigest: boolean;
  /** Sizes of the files in it, one after the other. */
  parts: number[];
}

export interface Streams {
  packStart: number;
  packSizes: number[];
  folders: Folder[];
}

export interface SevenZipEntry {
  name: string;
  isFolder: boolean;
  /** Whether it has bytes in one of the folders; those that have follow each other there in this order. */
  hasBytes: boolean;
  attributes: number;
}

export interface Header {
  streams: Streams;
  entries: SevenZipEntry[];
}

/** Reads the header of a 7z archive (7zFormat.txt of the LZMA SDK); an encoded one gives the streams it is packed in. */
export function parseHeader(bytes: Uint8Array): { encoded: Streams } | Header {
  const input = byteReader(bytes);
  const kind = input.byte();
  if (kind === 0x17) return { encoded: readStreams(input) };
  if (kind !== 0x01) throw damaged('no header');
  let streams: Streams = { packStart: 0, packSizes: [], folders: [] };
  let entries: SevenZipEntry[] = [];
  for (let id = input.byte(); id !== 0; id = input.byte()) {
    if (id === 0x02) skipProperties(input);
    else if (id === 0x03) readStreams(input);
    else if (id === 0x04) streams = readStreams(input);
    else if (id === 0x05) entries = readFiles(input);
    else throw damaged('an unknown part of the header');
  }
  return { streams, entries };
}

type Input = ReturnType<typeof byteReader>;

function byteReader(bytes: Uint8Array) {
  let at = 0;
  const byte = () => {
    at += 1;
    return u8(bytes, at - 1);
  };
  return {
    byte,
    /** One to nine bytes; the leading ones of the first say how many follow. */
    number(): number {
      const first = byte();
      let value = 0;
      for (let i = 0, mask = 0x80; i < 8; i += 1, mask >>= 1) {
        if ((first & mask) === 0) return value + (first & (mask - 1)) * 2 ** (8 * i);
        value += byte() * 2 ** (8 * i);
      }
      return value;
    },
    rest: () => bytes.subarray(at),
    take(length: number): Uint8Array {
      if (length > bytes.length - at) throw damaged('the header is cut');
      at += length;
      return bytes.subarray(at - length, at);
    },
  };
}

/** A count of things that each take at least a bit of the header, so that no header can ask for much memory. */
function readCount(input: Input): number {
  const count = input.number();
  if (count > LIMITS.entries) {
    const details = { limit: `${LIMITS.entries} files`, actual: `${count} files` };
    throw new Unfit('archive_too_large', '7z: too many entries', details);
  }
  return count;
}

function readStreams(input: Input): Streams {
  const streams: Streams = { packStart: 0, packSizes: [], folders: [] };
  for (let id = input.byte(); id !== 0; id = input.byte()) {
    if (id === 0x06) Object.assign(streams, readPacked(input));
    else if (id === 0x07) streams.folders = readFolders(input);
    else if (id === 0x08) streams.folders = readSubStreams(input, streams.folders);
    else throw damaged('an unknown part of the streams');
  }
  return streams;
}

function readPacked(input: Input) {
  const packStart = 32 + input.number();
  const count = readCount(input);
  let packSizes: number[] = [];
  for (let id = input.byte(); id !== 0; id = input.byte()) {
    if (id === 0x09) packSizes = Array.from({ length: count }, () => input.number());
    else if (id === 0x0a) readDigests(input, count);
    else throw damaged('an unknown part of the packed streams');
  }
  return { packStart, packSizes };
}

function readFolders(input: Input): Folder[] {
  if (input.byte() !== 0x0b) throw damaged('no folders');
  const count = readCount(input);
  if (input.byte() !== 0) throw damaged('folders elsewhere');
  const shapes = Array.from({ length: count }, () => readFolder(input));
  if (input.byte() !== 0x0c) throw damaged('no sizes of folders');
  const folders = shapes.map(({ coders, outputs, bound }) => {
    const sizes = Array.from({ length: outputs }, () => input.number());
    return { coders, size: sizes.find((_, i) => !bound.has(i)) ?? 0 };
  });
  let digests: boolean[] = [];
  for (let id = input.byte(); id !== 0; id = input.byte()) {
    if (id !== 0x0a) throw damaged('an unknown part of the folders');
    digests = readDigests(input, count);
  }
  return folders.map((folder, i) => ({ ...folder, hasDigest: digests[i] === true, parts: [folder.size] }));
}

function readFolder(input: Input) {
  const coders: Folder['coders'] = [];
  let inputs = 0;
  let outputs = 0;
  const count = input.number();
  if (count === 0 || count > 32) throw damaged('a folder of no or too many coders');
  for (let i = 0; i < count; i += 1) {
    const flags = input.byte();
    const method = buffer(input.take(flags & 0x0f)).toString('hex');
    inputs += flags & 0x10 ? input.number() : 1;
    outputs += flags & 0x10 ? input.number() : 1;
    coders.push({ method, properties: flags & 0x20 ? input.take(input.number()) : new Uint8Array(0) });
  }
  if (inputs > 32 || outputs === 0 || outputs > 32) throw damaged('a folder of too many streams');
  const bound = new Set<number>();
  for (let i = 0; i < outputs - 1; i += 1) {
    input.number();
    bound.add(input.number());
  }
  const packed = inputs - (outputs - 1);
  if (packed > 1) for (let i = 0; i < packed; i += 1) input.number();
  return { coders, outputs, bound };
}

/** How each folder is cut into files; the size of the last one is what the others leave. */
function readSubStreams(input: Input, folders: Folder[]): Folder[] {
  let counts = folders.map(() => 1);
  let parts = folders.map(({ size }) => [size]);
  for (let id = input.byte(); id !== 0; id = input.byte()) {
    if (id === 0x0d) {
      counts = folders.map(() => readCount(input));
      parts = folders.map(({ size }, i) => (counts[i] === 1 ? [size] : []));
    } else if (id === 0x09) {
      parts = folders.map(({ size }, i) => readParts(input, counts[i] ?? 0, size));
    } else if (id === 0x0a) {
      // A folder of one file whose checksum is known already states it only once.
      const open = counts.map((count, i) => (count === 1 && folders[i]?.hasDigest ? 0 : count));
      readDigests(
        input,
        open.reduce((total, count) => total + count, 0),
      );
    } else {
      throw damaged('an unknown part of the sub-streams');
    }
  }
  return folders.map((folder, i) => ({ ...folder, parts: parts[i] ?? [] }));
}

function readParts(input: Input, count: number, size: number): number[] {
  if (count === 0) return [];
  const stated = Array.from({ length: count - 1 }, () => input.number());
  return [...stated, size - stated.reduce((total, part) => total + part, 0)];
}

/** Which of so many checksums are stated; they themselves are stepped over. */
function readDigests(input: Input, count: number): boolean[] {
  const defined = input.byte() === 0 ? readBits(input, count) : Array.from({ length: count }, () => true);
  input.take(4 * defined.filter(Boolean).length);
  return defined;
}

function readBits(input: Input, count: number): boolean[] {
  const bytes = input.take(Math.ceil(count / 8));
  return Array.from({ length: count }, (_, i) => (u8(bytes, i >> 3) & (0x80 >> (i & 7))) !== 0);
}

function skipProperties(input: Input): void {
  while (input.byte() !== 0) input.take(input.number());
}

function readFiles(input: Input): SevenZipEntry[] {
  const count = readCount(input);
  let names: string[] = [];
  let attributes: number[] = [];
  let isEmpty: boolean[] = [];
  let isFile: boolean[] = [];
  for (let id = input.byte(); id !== 0; id = input.byte()) {
    const property = byteReader(input.take(input.number()));
    if (id === 0x0e) isEmpty = readBits(property, count);
    else if (id === 0x0f) isFile = readBits(property, isEmpty.filter(Boolean).length);
    else if (id === 0x11) names = readNames(property);
    else if (id === 0x15) attributes = readAttributes(property, count);
  }
  if (names.length !== count) throw damaged('names are missing');
  let empty = 0;
  return names.map((name, i) => {
    const isFolder = isEmpty[i] === true && isFile[empty] !== true;
    if (isEmpty[i]) empty += 1;
    return { name, isFolder, hasBytes: isEmpty[i] !== true, attributes: attributes[i] ?? 0 };
  });
}

function readNames(property: Input): string[] {
  if (property.byte() !== 0) throw damaged('names elsewhere');
  const text = buffer(property.rest()).toString('utf16le');
  if (text === '') return [];
  if (!text.endsWith('\0')) throw damaged('a name has no end');
  return text.slice(0, -1).split('\0');
}

function readAttributes(property: Input, count: number): number[] {
  const defined =
    property.byte() === 0 ? readBits(property, count) : Array.from({ length: count }, () => true);
  if (property.byte() !== 0) throw damaged('attributes elsewhere');
  return defined.map((isDefined) => (isDefined ? le32(property.take(4), 0) : 0));
}

function damaged(what: string): Unfit {
  return new Unfit('content_damaged', `7z: ${what}`);
}
