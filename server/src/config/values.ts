import { isIP } from 'node:net';
import { resolve } from 'node:path';

/** The text of a variable cannot be taken; the message says what to write instead. */
export class Mistake extends Error {}

export type Parse<Value> = (text: string) => Value;

/** A variable that need not be set: empty is undefined. */
export function optional<Value>(parse: Parse<Value>): Parse<Value | undefined> {
  return (text) => (text === '' ? undefined : parse(text));
}

export function plain(text: string): string {
  return text;
}

export function folder(text: string): string {
  return resolve(text);
}

/** sockaddr_un has room for so many bytes (unix(7)). */
const LONGEST_SOCKET = 107;

/** The path of a unix socket, absolute. */
export function socket(text: string): string {
  const path = resolve(text);
  if (Buffer.byteLength(path) <= LONGEST_SOCKET) return path;
  throw new Mistake(`write a path of at most ${LONGEST_SOCKET} bytes`);
}

export function choice<const Choice extends string>(...choices: Choice[]): Parse<Choice> {
  return (text) => {
    const chosen = choices.find((each) => each === text.toLowerCase());
    if (!chosen) throw new Mistake(`write ${alternatives(choices)}`);
    return chosen;
  };
}

export function yesOrNo(text: string): boolean {
  const value = flag(text);
  if (value === undefined) throw new Mistake('write true or false');
  return value;
}

function flag(text: string): boolean | undefined {
  const value = text.toLowerCase();
  if (['true', 'yes', '1'].includes(value)) return true;
  if (['false', 'no', '0'].includes(value)) return false;
  return undefined;
}

export function integer(least: number, most = Number.MAX_SAFE_INTEGER): Parse<number> {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
    throw new Mistake(`write a whole number ${range}`);
  };
}

const UNITS: Record<string, number> = { '': 1, B: 1, KB: 1024, MB: 1024 ** 2, GB: 1024 ** 3, TB: 1024 ** 4 };

/** Bytes, as `52428800`, `50MB` or `1.5 GB`; a KB has 1024 bytes. */
export function size(text: string): number {
  const [, number = '', unit = ''] = /^(\d+(?:\.\d+)?)\s*([kmgt]?b|)$/i.exec(text) ?? [];
  const bytes = Math.round(Number(number) * (UNITS[unit.toUpperCase()] ?? Number.NaN));
  if (number !== '' && bytes >= 1 && Number.isSafeInteger(bytes)) return bytes;
  throw new Mistake('write a size such as 50MB or 52428800');
}

/** The permissions of a file or folder in octal, always with what Docket itself needs of them. */
export function mode(needed: number, allowed: number): Parse<number> {
  return (text) => {
    const value = /^(0o?)?[0-7]{3}$/.test(text) ? Number.parseInt(text.replace('o', ''), 8) : Number.NaN;
    if (Number.isNaN(value)) throw new Mistake(`write three octal digits such as ${octal(needed | 0o040)}`);
    if ((value & needed) !== needed) {
      throw new Mistake(`let the owner do what Docket must, as in ${octal(value | needed)}`);
    }
    if ((value & ~allowed) !== 0)
      throw new Mistake(`take the execute bits away, as in ${octal(value & allowed)}`);
    return value;
  };
}

/** An http or https origin, without a path: Docket is served from the root of its host. */
export function origin(text: string): string {
  const url = URL.parse(text);
  const bare = url && /^https?:$/.test(url.protocol) && text.replace(/\/$/, '').toLowerCase() === url.origin;
  if (!bare)
    throw new Mistake('write the address people type, without a path, such as https://help.example.org');
  return url.origin;
}

export function databaseUrl(text: string): string {
  if (/^postgres(ql)?:$/.test(URL.parse(text)?.protocol ?? '')) return text;
  throw new Mistake('write postgres://user:password@host:5432/database');
}

export function email(text: string): string {
  if (/^[^\s@]+@[^\s@]+$/.test(text) && text.length <= 320) return text;
  throw new Mistake('write an e-mail address such as ann@example.org');
}

/**
 * Which proxies to believe: all, none, or those at some addresses. Not how many stand in a row: whoever
 * reaches the port past them could then claim to be anybody.
 */
export function trustedProxies(text: string): boolean | string[] {
  const all = /^\d+$/.test(text) ? undefined : flag(text);
  if (all !== undefined) return all;
  const addresses = text.split(',').map((each) => each.trim());
  if (addresses.every((each) => PROXY_RANGES.has(each) || isNetwork(each))) return addresses;
  throw new Mistake('write false, true, or the addresses of the proxies, such as 10.0.0.1, 192.168.0.0/16');
}

const PROXY_RANGES = new Set(['loopback', 'linklocal', 'uniquelocal']);

function isNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  if (bits === undefined) return true;
  return /^[1-9]\d{0,2}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128);
}

/** `['a', 'b', 'c']` as "a, b or c". */
function alternatives(words: readonly string[]): string {
  return [words.slice(0, -1).join(', '), ...words.slice(-1)].filter(Boolean).join(' or ');
}

export function octal(value: number): string {
  return `0${value.toString(8).padStart(3, '0')}`;
}

/** The one of `words` that `text` most likely meant; undefined when none is near. */
export function nearest(text: string, words: readonly string[]): string | undefined {
  const [best] = words
    .map((word) => ({ word, distance: editDistance(text, word) }))
    .sort((a, b) => a.distance - b.distance);
  return best && best.distance <= Math.max(2, text.length / 3) ? best.word : undefined;
}

/** How many letters to add, drop or change to get from one word to the other (Levenshtein). */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...from].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...to].entries()) {
      const [left = 0, above = 0, corner = 0] = [next[j], row[j + 1], row[j]];
      next.push(Math.min(left + 1, above + 1, corner + (letter === other ? 0 : 1)));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
