import { describe, expect, it } from 'vitest';
import { word } from './verdict.ts';

const latin = (text: string) => Buffer.from(text, 'latin1');
const wide = (text: string) => Buffer.from(text, 'utf16le');

describe('a text', () => {
  it.each<[string, Buffer | string]>([
    ['in ASCII', 'Good morning.\r\n'],
    ['in UTF-8', 'Guten Morgen, schöne Grüße, 見積書, 🖨\n'],
    ['in UTF-8 with a mark', '\ufeffGood morning.'],
    ['in Latin-1', latin('Sch\xf6ne Gr\xfc\xdfe')],
    ['in Windows-1252 and other 8-bit encodings', latin('\x80\x93\x94\xa4\xb1\xff')],
    ['in ISO 2022', latin('\x1b$B$3$s\x1b(B')],
    ['in UTF-16 with a mark', wide('\ufeffGood morning. 見積書')],
    ['in UTF-16 the other way', wide('\ufeffGood morning.').swap16()],
    ['in UTF-16 without a mark', wide('Good morning.\r\nThe printer is on fire.')],
    ['of a terminal', '\x1b[31mred\x1b[0m\x08\x07\f'],
    ['from DOS', 'Good morning.\r\n\x1a'],
    ['with a stray control in much text', `${'The printer is on fire.\n'.repeat(20)}\x01`],
    ['of source code', 'var shell = new ActiveXObject("WScript.Shell");'],
    ['of XML', '<?xml version="1.0"?><!-- x --><project/>'],
    ['of markup that is no page', '<w:p>x</w:p>'],
    ['that speaks of HTML', 'Write <html> first.'],
    ['of mail', 'MIME-Version: 1.0\nContent-Type: text/html\n\n<p>'],
  ])('%s is accepted', async (_, bytes) => expect(await word('a.txt', bytes)).toBe('accepted'));

  it.each<[string, Buffer | string, string]>([
    ['with a NUL', 'Good\0morning', 'type_mismatch'],
    ['with a NUL far behind', Buffer.concat([Buffer.alloc(600_000, 'x'), Buffer.alloc(1)]), 'type_mismatch'],
    ['with a NUL in UTF-16', wide(`\ufeff${'x'.repeat(300_000)}\0`), 'type_mismatch'],
    [
      'of broken UTF-16',
      Buffer.concat([wide('\ufeffGood'), Buffer.from([0x00, 0xd8, 0x41, 0x00])]),
      'type_mismatch',
    ],
    ['of controls', latin('\x01\x02\x03\x04Good'), 'type_mismatch'],
    ['of UTF-32', Buffer.from('G\0\0\0o\0\0\0o\0\0\0d\0\0\0'), 'type_mismatch'],
    ['that is a page', '<!DOCTYPE html><p>', 'content_active'],
    ['that is a page behind blanks and comments', '\ufeff \n<!-- x --><HTML>', 'content_active'],
    ['that is a page in UTF-16', wide('\ufeff<script>x</script>'), 'content_active'],
    ['that is a piece of a page', '-->\n<div id="x">', 'content_active'],
    ['that is XHTML', '<?xml version="1.0"?>\n<html xmlns="http://www.w3.org/1999/xhtml">', 'content_active'],
    ['that is SVG', '<svg onload="x">', 'content_active'],
    ['that is SVG behind a prolog', '<?xml version="1.0"?><!DOCTYPE svg PUBLIC "x"><svg>', 'content_active'],
    ['that is a server page', '<?php phpinfo();', 'content_active'],
    ['that is a script', '#!/bin/sh\nrm -rf /', 'content_active'],
    ['that is RTF', '{\\rtf1 x}', 'type_mismatch'],
    ['that is PDF', '%PDF-1.7', 'type_mismatch'],
    ['that is PostScript', '%!PS-Adobe-3.0', 'type_mismatch'],
  ])('%s is refused', async (_, bytes, expected) => {
    expect(await word('a.txt', bytes)).toBe(expected);
    expect(await word('a.csv', bytes)).toBe(expected);
  });

  it('of no bytes is empty', async () => expect(await word('a.txt', '')).toBe('file_empty'));
});

describe('a table with cells that a spreadsheet would run is accepted with a warning', () => {
  it.each([
    ["=cmd|'/c calc'!A0", 'accepted formulas'],
    ['a,b\n1,"=HYPERLINK(""x"")"', 'accepted formulas'],
    ['a;b\n1;@SUM(1)', 'accepted formulas'],
    ['a\tb\n1\t+cmd|x', 'accepted formulas'],
    [wide('\ufeffa,b\n1,=A1'), 'accepted formulas'],
    [`${'1,2\n'.repeat(100_000)}=A1`, 'accepted formulas'],
    ['a,b\n-1,+2', 'accepted'],
    ['a,b\n@name,- item (x)', 'accepted'],
    ['a,b\n=====,x', 'accepted'],
  ])('%j', async (bytes, expected) => expect(await word('a.csv', bytes)).toBe(expected));

  it('in a text they are text', async () => expect(await word('a.txt', '=A1')).toBe('accepted'));
});
