import { u8 } from '../bytes.ts';
import { Unfit } from '../unfit.ts';

const TOP = 2 ** 24;
const HALF = 1024;

/** Adaptive models of so many bits, each as likely to be 0 as 1. */
export function probabilities(count: number): Uint16Array {
  return new Uint16Array(count).fill(HALF);
}

export type RangeCoder = ReturnType<typeof rangeCoder>;

/** The binary range decoder of LZMA; every read beyond the bytes or the models ends in an error. */
export function rangeCoder(packed: Uint8Array) {
  if (packed[0] !== 0) throw brokenLzma();
  let at = 1;
  let range = 0xffffffff;
  let code = 0;
  for (; at < 5; at += 1) code = ((code << 8) | u8(packed, at)) >>> 0;

  function normalize() {
    if (range >= TOP) return;
    range = (range << 8) >>> 0;
    code = ((code << 8) | u8(packed, at)) >>> 0;
    at += 1;
  }

  function bit(model: Uint16Array, index: number): number {
    const probability = model[index];
    if (probability === undefined) throw brokenLzma();
    const bound = (range >>> 11) * probability;
    const one = code >= bound;
    model[index] = one ? probability - (probability >> 5) : probability + ((2048 - probability) >> 5);
    code = one ? code - bound : code;
    range = one ? range - bound : bound;
    normalize();
    return one ? 1 : 0;
  }

  return {
    bit,
    /** Bits that no model predicts. */
    direct(count: number): number {
      let value = 0;
      for (let i = 0; i < count; i += 1) {
        range >>>= 1;
        const one = code >= range;
        if (one) code -= range;
        value = value * 2 + Number(one);
        normalize();
      }
      return value;
    },
    /** A number whose high bits come first, from a tree of models. */
    tree(model: Uint16Array, bits: number, offset = 0): number {
      let symbol = 1;
      for (let i = 0; i < bits; i += 1) symbol = (symbol << 1) | bit(model, offset + symbol);
      return symbol - (1 << bits);
    },
    /** The same with its low bits first. */
    reverseTree(model: Uint16Array, bits: number, offset = 0): number {
      let symbol = 1;
      let value = 0;
      for (let i = 0; i < bits; i += 1) {
        const next = bit(model, offset + symbol);
        symbol = (symbol << 1) | next;
        value |= next << i;
      }
      return value;
    },
  };
}

export function brokenLzma(): Unfit {
  return new Unfit('content_damaged', '7z: packed data is broken');
}
