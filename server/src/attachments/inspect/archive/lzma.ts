import { be16, u8 } from '../bytes.ts';
import { brokenLzma, probabilities, type RangeCoder, rangeCoder } from './range-coder.ts';

/**
 * LZMA as its specification in the LZMA SDK says, for the headers of 7z archives and for what links in them
 * point to. Output goes into one array of the stated size, which is the dictionary too: the caller bounds it.
 * Broken data ends in an error. `properties` begin with the byte that names the parameters.
 */
export function unpackLzma(packed: Uint8Array, properties: Uint8Array, size: number): Uint8Array {
  const output = { bytes: new Uint8Array(size), at: 0 };
  lzmaState(u8(properties, 0)).decode(rangeCoder(packed), output, size);
  return output.bytes;
}

/** LZMA2: chunks of LZMA or of plain bytes, each of which may start its models anew. Stops after `size` bytes. */
export function unpackLzma2(packed: Uint8Array, size: number): Uint8Array {
  const output = { bytes: new Uint8Array(size), at: 0 };
  let state: ReturnType<typeof lzmaState> | undefined;
  let parameters = 0;
  for (let at = 0; output.at < size; ) {
    const control = u8(packed, at);
    if (control === 0 || (control > 2 && control < 0x80)) throw brokenLzma();
    const unpacked = be16(packed, at + 1) + 1 + (control < 0x80 ? 0 : (control & 0x1f) << 16);
    const until = Math.min(size, output.at + unpacked);
    if (control < 0x80) {
      output.bytes.set(packed.subarray(at + 3, at + 3 + until - output.at), output.at);
      output.at = until;
      at += 3 + unpacked;
      continue;
    }
    const length = be16(packed, at + 3) + 1;
    const reset = (control >> 5) & 3;
    if (reset >= 2) parameters = u8(packed, at + 5);
    at += reset >= 2 ? 6 : 5;
    if (reset >= 1) state = lzmaState(parameters);
    if (!state) throw brokenLzma();
    state.decode(rangeCoder(packed.subarray(at, at + length)), output, until);
    at += length;
  }
  return output.bytes;
}

interface Output {
  bytes: Uint8Array;
  at: number;
}

/** The models and the last distances, which LZMA2 carries from chunk to chunk. */
function lzmaState(parameters: number) {
  if (parameters >= 225) throw brokenLzma();
  const lc = parameters % 9;
  const lp = Math.floor(parameters / 9) % 5;
  const pb = Math.floor(parameters / 45);
  const literals = probabilities(0x300 << (lc + lp));
  const isMatch = probabilities(12 << 4);
  const isRep = probabilities(12);
  const isRepAt = [probabilities(12), probabilities(12), probabilities(12)] as const;
  const isShortRep = probabilities(12 << 4);
  const slots = [probabilities(64), probabilities(64), probabilities(64), probabilities(64)] as const;
  const nearDistances = probabilities(128);
  const farDistances = probabilities(16);
  const matchLength = lengthModel();
  const repLength = lengthModel();
  let reps: [number, number, number, number] = [0, 0, 0, 0];
  let state = 0;

  function literal(coder: RangeCoder, { bytes, at }: Output): number {
    const previous = at > 0 ? u8(bytes, at - 1) : 0;
    const base = 0x300 * (((at & ((1 << lp) - 1)) << lc) + (previous >> (8 - lc)));
    let symbol = 1;
    if (state >= 7) {
      for (let match = back(bytes, at, reps[0]); symbol < 0x100; match <<= 1) {
        const expected = (match >> 7) & 1;
        const bit = coder.bit(literals, base + ((1 + expected) << 8) + symbol);
        symbol = (symbol << 1) | bit;
        if (bit !== expected) break;
      }
    }
    while (symbol < 0x100) symbol = (symbol << 1) | coder.bit(literals, base + symbol);
    return symbol & 0xff;
  }

  function distance(coder: RangeCoder, length: number): number {
    const slot = coder.tree(slots[Math.min(length, 3)] ?? slots[3], 6);
    if (slot < 4) return slot;
    const bits = (slot >> 1) - 1;
    const base = (2 | (slot & 1)) * 2 ** bits;
    if (slot < 14) return base + coder.reverseTree(nearDistances, bits, base - slot);
    return base + coder.direct(bits - 4) * 16 + coder.reverseTree(farDistances, 4);
  }

  /** Brings one of the last four distances to the front. Whether it stands for one byte only. */
  function repeat(coder: RangeCoder, position: number): boolean {
    if (coder.bit(isRepAt[0], state) === 0) return coder.bit(isShortRep, (state << 4) + position) === 0;
    const [a, b, c, d] = reps;
    if (coder.bit(isRepAt[1], state) === 0) reps = [b, a, c, d];
    else if (coder.bit(isRepAt[2], state) === 0) reps = [c, a, b, d];
    else reps = [d, a, b, c];
    return false;
  }

  return {
    decode(coder: RangeCoder, output: Output, until: number): void {
      const { bytes } = output;
      while (output.at < until) {
        const position = output.at & ((1 << pb) - 1);
        if (coder.bit(isMatch, (state << 4) + position) === 0) {
          bytes[output.at] = literal(coder, output);
          output.at += 1;
          state = state < 4 ? 0 : state < 10 ? state - 3 : state - 6;
          continue;
        }
        let length = 1;
        if (coder.bit(isRep, state) === 0) {
          length = 2 + matchLength(coder, position);
          reps = [distance(coder, length - 2), reps[0], reps[1], reps[2]];
          state = state < 7 ? 7 : 10;
        } else if (repeat(coder, position)) {
          state = state < 7 ? 9 : 11;
        } else {
          length = 2 + repLength(coder, position);
          state = state < 7 ? 8 : 11;
        }
        for (const end = Math.min(until, output.at + length); output.at < end; output.at += 1) {
          bytes[output.at] = back(bytes, output.at, reps[0]);
        }
      }
    },
  };
}

function back(bytes: Uint8Array, at: number, distance: number): number {
  if (distance >= at) throw brokenLzma();
  return u8(bytes, at - distance - 1);
}

function lengthModel(): (coder: RangeCoder, position: number) => number {
  const choice = probabilities(2);
  const low = probabilities(16 << 3);
  const middle = probabilities(16 << 3);
  const high = probabilities(256);
  return (coder, position) => {
    if (coder.bit(choice, 0) === 0) return coder.tree(low, 3, position << 3);
    if (coder.bit(choice, 1) === 0) return 8 + coder.tree(middle, 3, position << 3);
    return 16 + coder.tree(high, 8);
  };
}
