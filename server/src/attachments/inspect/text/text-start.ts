import { Unfit } from '../unfit.ts';

/** WHATWG MIME Sniffing 7.1: what makes browsers take a document of no known type for a web page, but for comments. */
const HTML =
  /^<(?:!doctype html|html|head|script|iframe|h1|div|font|table|a|style|title|b|body|br|p)[ \t\n\f\r>]/;
const SVG = /^<svg[\s>]/;
/** Server pages and Unix scripts. */
const SCRIPT = /^(?:<\?php|<\?=|<%|#! ?\/)/;
/** Documents of other programs that look like text. */
const DOCUMENTS: [RegExp, string][] = [
  [/^\{\\rtf/, 'application/rtf'],
  [/^%pdf-/, 'application/pdf'],
  [/^%!ps/, 'application/postscript'],
];
const XML_PROLOG = /^(?:<\?[^>]*\?>|<!--[\s\S]*?-->|<!doctype\s+(?!html|svg)[^>[]*(?:\[[^\]]*\][^>]*)?>|\s)+/;

/** Refuses a text that is a web page, a picture with scripts, or a script by its beginning. */
export function refuseActiveText(start: string): void {
  // Comments say nothing; a page made to be pasted into another one may begin with the end of one.
  const text = start.replace(/^\ufeff?(?:\s|<!--[\s\S]*?-->|-->)*/, '').toLowerCase();
  const actual = DOCUMENTS.find(([pattern]) => pattern.test(text))?.[1];
  if (actual) throw new Unfit('type_mismatch', 'text: it is a document of another kind', { actual });
  if (SCRIPT.test(text))
    throw new Unfit('content_active', 'text: a script by its first line', { actual: 'script' });
  const content = text.startsWith('<?xml') ? text.replace(XML_PROLOG, '') : text;
  if (HTML.test(content))
    throw new Unfit('content_active', 'text: a web page by its start', { actual: 'text/html' });
  if (SVG.test(content) || /^<!doctype svg/.test(content)) {
    throw new Unfit('content_active', 'text: an SVG image by its start', { actual: 'image/svg+xml' });
  }
}
