import { latin1, startsWith } from '../bytes.ts';
import { Unfit } from '../unfit.ts';

/** An element's start: its name without prefix, and its attributes with character references resolved. */
export interface XmlElement {
  name: string;
  attributes: Record<string, string>;
}

const MARKUP =
  /<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>|<\?[\s\S]*?\?>|<([^\s/>!?]+)((?:\s+[^\s=/>]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*\/?>/g;
const ATTRIBUTE = /([^\s=/>]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;

/** The elements of a small XML document, in order; comments and CDATA hold none. Not a validating parser. */
export function* xmlElements(text: string): Generator<XmlElement> {
  for (const [, name, attributes] of text.matchAll(MARKUP)) {
    if (name !== undefined) yield { name: localName(name), attributes: readAttributes(attributes ?? '') };
  }
}

function readAttributes(text: string): Record<string, string> {
  const pairs = [...text.matchAll(ATTRIBUTE)].map(([, name = '', double, single]) => [
    name,
    resolve(double ?? single ?? ''),
  ]);
  return Object.fromEntries(pairs);
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

const NAMED: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

function resolve(value: string): string {
  return value.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(\w+));/gi, (whole, hex, decimal, name) => {
    if (name !== undefined) return NAMED[name] ?? whole;
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : '';
  });
}

type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be';

/** Decodes an XML part; Open XML allows UTF-8 and UTF-16 (ECMA-376 part 2, 8.1.3.1). */
export function decodeXml(bytes: Uint8Array): string {
  return new TextDecoder(encodingOf(bytes)).decode(bytes);
}

/**
 * A search for a document type declaration, which no office program writes and which readers expand or
 * fetch. Feed it the pieces of one document in order; it throws when there is one.
 */
export function doctypeFinder(head: Buffer): (piece: Buffer) => void {
  const encoding = encodingOf(head);
  const wanted = Buffer.from('<!DOCTYPE', encoding === 'utf-8' ? 'latin1' : 'utf16le');
  if (encoding === 'utf-16be') wanted.swap16();
  let seam: Buffer = wanted.subarray(0, 0);
  return (piece) => {
    if (piece.includes(wanted) || Buffer.concat([seam, piece.subarray(0, wanted.length)]).includes(wanted)) {
      throw new Unfit('document_unsafe', 'office: a document type declaration', {
        actual: 'a document type declaration',
      });
    }
    seam = piece.subarray(-wanted.length);
  };
}

/** The encoding by its first bytes (XML 1.0, appendix F). One that readers may take differently is refused. */
function encodingOf(bytes: Uint8Array): Encoding {
  if (startsWith(bytes, [0xff, 0xfe]) || startsWith(bytes, '<\0')) return 'utf-16le';
  if (startsWith(bytes, [0xfe, 0xff]) || startsWith(bytes, '\0<')) return 'utf-16be';
  const start = latin1(bytes.subarray(0, 256)).replace(/^\xef\xbb\xbf/, '');
  const declared = /^\s*<\?xml[^>]*?encoding\s*=\s*["']([^"']*)/i.exec(start)?.[1] ?? 'utf-8';
  if (
    !/^(?:utf-?8|(?:us-)?ascii|iso-8859-\d+|windows-125\d)$/i.test(declared) ||
    !/^\s*(?:<|$)/.test(start)
  ) {
    throw new Unfit('document_unsafe', 'office: XML in an unusual encoding', {
      actual: 'XML in an unusual encoding',
    });
  }
  return 'utf-8';
}
