import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { entryNames } from '../../../src/attachments/archive/entry-names.ts';

describe('names in an archive', () => {
  test.each([
    ['stay as they are', ['a.pdf', 'b.pdf'], ['a.pdf', 'b.pdf']],
    ['are numbered where they repeat', ['a.pdf', 'a.pdf', 'a.pdf'], ['a.pdf', 'a (2).pdf', 'a (3).pdf']],
    ['are the same in any case', ['A.pdf', 'a.PDF'], ['A.pdf', 'a (2).PDF']],
    [
      'step aside for one that is numbered',
      ['a (2).pdf', 'a.pdf', 'a.pdf'],
      ['a (2).pdf', 'a.pdf', 'a (3).pdf'],
    ],
    [
      'are the same however they are composed',
      ['\u00fc.txt', 'u\u0308.txt'],
      ['\u00fc.txt', 'u\u0308 (2).txt'],
    ],
    ['hold what every system takes', ['a:b?.txt', 'x/y.txt'], ['a_b_.txt', 'x_y.txt']],
    ['name no device', ['con.txt', 'LPT1.pdf', 'console.txt'], ['_con.txt', '_LPT1.pdf', 'console.txt']],
    ['lead nowhere', ['..', '../../etc/passwd'], ['_', '.._.._etc_passwd']],
    [
      'number before the last extension',
      ['.x', '.x', 'a.tar.gz', 'a.tar.gz'],
      ['.x', '.x (2)', 'a.tar.gz', 'a.tar (2).gz'],
    ],
  ])('%s', (_, names, expected) => {
    expect(entryNames(names)).toEqual(expected);
  });

  test('leave the manifest its own', () => {
    expect(entryNames(['Manifest.TXT'], ['MANIFEST.txt'])).toEqual(['Manifest (2).TXT']);
  });

  test('fit into 255 bytes with their number', () => {
    const long = `${'ä'.repeat(125)}.pdf`;
    const [first, second] = entryNames([long, long]);
    expect(first).toBe(long);
    expect(Buffer.byteLength(second ?? '')).toBeLessThanOrEqual(255);
    expect(second).toMatch(/ \(2\)\.pdf$/);
  });

  test('are never two of a kind, whatever comes', () => {
    const name = fc.oneof(
      fc.string({ minLength: 1 }),
      fc.constantFrom('a.pdf', 'A.pdf', 'a (2).pdf', 'con', 'ß', 'SS'),
    );
    fc.assert(
      fc.property(fc.array(name, { maxLength: 20 }), (names) => {
        const made = entryNames(names);
        expect(new Set(made.map((one) => one.normalize('NFC').toLowerCase())).size).toBe(names.length);
        for (const one of made) expect(one).not.toMatch(/[/\\]|^\.\.?$|^$/);
      }),
    );
  });
});
