import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import type { Scannable } from './scanner.ts';

/** What every scanner finds (eicar.org); in pieces here, since scanners look at sources too. */
export const EICAR = Buffer.from(
  ['X5O!P%@AP[4\\PZX54(P^)7CC)7}$', 'EICAR-STANDARD-', 'ANTIVIRUS-TEST-', 'FILE!$H+H*'].join(''),
  'latin1',
);

export const EICAR_SHA256 = createHash('sha256').update(EICAR).digest('hex');

const PIECE = Buffer.alloc(1024 * 1024);
/** A zip without the long sizes of Zip64 has no room for more. */
const LARGEST = 0xffff_ffff;

/** The test file itself. */
export function smallTestFile(): Scannable {
  return {
    size: EICAR.length,
    sha256: EICAR_SHA256,
    read: async () => Readable.from([EICAR], { objectMode: false }),
  };
}

/**
 * A zip of `size` bytes, stored, with the test file at its `place` and zeros in the rest: a scanner knows the test file
 * by its beginning, so it has to be an entry of its own to be found anywhere but at the start. Never whole in memory.
 */
export async function largeTestFile(size: number, place: 'first' | 'last'): Promise<Scannable> {
  const entries = await entriesOf(Math.min(size, LARGEST), place);
  const directory = directoryOf(entries);
  async function* bytes() {
    for (const entry of entries) {
      yield localHeader(entry);
      if (entry.name === TEST) yield EICAR;
      else yield* zeros(entry.size);
    }
    yield directory;
  }
  return {
    size: entries.reduce((sum, entry) => sum + LOCAL + entry.name.length + entry.size, directory.length),
    sha256: '',
    read: async () => Readable.from(bytes(), { objectMode: false, highWaterMark: PIECE.length }),
  };
}

interface Entry {
  name: string;
  size: number;
  crc: number;
}

const TEST = 'test.com';
const ZEROS = 'zeros.bin';

// Sizes of what stands around the entries (APPNOTE.TXT 4.3).
const LOCAL = 30;
const CENTRAL = 46;
const END = 22;

async function entriesOf(size: number, place: 'first' | 'last'): Promise<Entry[]> {
  const around = 2 * (LOCAL + CENTRAL) + 2 * (TEST.length + ZEROS.length) + END;
  const length = Math.max(0, size - around - EICAR.length);
  const test = { name: TEST, size: EICAR.length, crc: crc32(EICAR) };
  const rest = { name: ZEROS, size: length, crc: await crcOfZeros(length) };
  return place === 'first' ? [test, rest] : [rest, test];
}

async function crcOfZeros(length: number): Promise<number> {
  let crc = 0;
  for (const piece of zeros(length)) {
    crc = crc32(piece, crc);
    await setImmediate(); // others want to do something too
  }
  return crc;
}

function* zeros(length: number): Iterable<Buffer> {
  for (let left = length; left > 0; left -= PIECE.length)
    yield PIECE.subarray(0, Math.min(left, PIECE.length));
}

function localHeader(entry: Entry): Buffer {
  return Buffer.concat([Buffer.from('PK\x03\x04'), described(entry), Buffer.from(entry.name)]);
}

function directoryOf(entries: Entry[]): Buffer {
  const pieces: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    pieces.push(Buffer.from('PK\x01\x02\x14\x00'), described(entry), place, Buffer.from(entry.name));
    offset += LOCAL + entry.name.length + entry.size;
  }
  const listed = Buffer.concat(pieces);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(entries.length, 4);
  end.writeUInt16LE(entries.length, 6);
  end.writeUInt32LE(listed.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([listed, Buffer.from('PK\x05\x06'), end]);
}

/** What both headers of an entry say: version, flags, method (stored), time, CRC, sizes, length of the name. */
function described({ name, size, crc }: Entry): Buffer {
  const fields = Buffer.alloc(26);
  fields.writeUInt16LE(20, 0);
  fields.writeUInt16LE(33, 8); // the first of January 1980
  fields.writeUInt32LE(crc, 10);
  fields.writeUInt32LE(size, 14);
  fields.writeUInt32LE(size, 18);
  fields.writeUInt16LE(name.length, 22);
  return fields;
}
