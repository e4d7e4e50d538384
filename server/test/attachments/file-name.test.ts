import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeFileName, NAME_BYTES } from '../../src/attachments/file-name.ts';
import { EVERY_TYPE, USUAL_TYPES } from '../../src/attachments/policy.ts';
import { corpusIsThere, sampleNames } from './inspect/corpus.ts';

const policy = { types: EVERY_TYPE };

function shown(raw: string): string {
  const judged = judgeFileName(raw, policy);
  if (!judged.accepted) throw new Error(`${JSON.stringify(raw)} was refused: ${judged.code}`);
  return judged.name;
}

function code(raw: string): string {
  const judged = judgeFileName(raw, policy);
  return judged.accepted ? 'accepted' : judged.code;
}

describe('a name is shown as it was typed', () => {
  it.each([
    'Report.PDF',
    'résumé.pdf',
    '見積書.xlsx',
    'ملف.pdf',
    ' .x.txt',
    '.x.txt',
    'CON.txt',
    '=cmd|calc.csv',
    "file'name.pdf",
    'file"name.pdf',
    '50% off.pdf',
    'Meeting 10.30: notes.txt',
    '🏳️‍🌈.txt',
    'జ్ఞ‌ా.txt',
    'می‌خواهم.docx',
    'file.pdf.pdf',
  ])('%s', (name) => expect(shown(name)).toBe(name));

  it('in NFC', () => expect(shown('re\u0301sume\u0301.pdf')).toBe('résumé.pdf'));
});

describe('what is not safe to show is taken out', () => {
  it.each([
    ['C:\\fakepath\\a.pdf', 'a.pdf'],
    ['/etc/a.txt', 'a.txt'],
    ['../../../etc/hosts.txt', 'hosts.txt'],
    ['1/0.txt', '0.txt'],
    ['file\r\nX-Evil: 1.pdf', 'fileX-Evil: 1.pdf'],
    ['a\u2028b.txt', 'ab.txt'],
    ['\ufefffile.pdf', 'file.pdf'],
    ['invoice\u202efdp.txt', 'invoicefdp.txt'],
    ['file.pdf. .', 'file.pdf'],
    ['\ud83d.png', '\ufffd.png'],
    ['report\uff0epdf', 'report.pdf'],
    ['x.p\u200bdf', 'x.pdf'],
    ['x.\uff50\uff44\uff46', 'x.pdf'],
    ['\\.txt', '_.txt'],
    [' .txt', '_.txt'],
    ['\ufeff.txt', '_.txt'],
    ['a\u200d\u200d\u200db.txt', 'ab.txt'],
  ])('%j becomes %j', (raw, name) => expect(shown(raw)).toBe(name));
});

describe('the extension that counts is the last one, after NFKC and without what has no ink', () => {
  it.each([
    ['file.exe', 'type_not_allowed'],
    ['FILE.EXE', 'type_not_allowed'],
    ['file.exe.', 'type_not_allowed'],
    ['file.exe \u200b', 'type_not_allowed'],
    ['\u200b.htaccess', 'type_not_allowed'],
    ['invoice\u202efdp.exe', 'type_not_allowed'],
    ['a.pdf\uff0fb.exe', 'type_not_allowed'],
    ['file.pd\u0192', 'type_not_allowed'],
    ['file', 'type_not_allowed'],
    ['../../etc/passwd', 'type_not_allowed'],
    ['', 'file_name_invalid'],
    ['.', 'file_name_invalid'],
    ['..', 'file_name_invalid'],
    ['a.pdf/', 'file_name_invalid'],
    ['.pdf', 'file_name_invalid'],
    ['file.php;.jpg', 'file_name_invalid'],
    ['file.php:.jpg', 'file_name_invalid'],
    ['file.exe%00.pdf', 'file_name_invalid'],
    ['file.exe\0.pdf', 'file_name_invalid'],
    ['file.exe\u200b;.pdf', 'file_name_invalid'],
  ])('%j is refused with %s', (raw, expected) => expect(code(raw)).toBe(expected));

  it('names the accepted types, 7z among them only where the operator lets it in', () => {
    const refused = judgeFileName('a.7z', { types: USUAL_TYPES });
    expect(refused).toMatchObject({ accepted: false, code: 'type_not_allowed' });
    expect(JSON.stringify(refused)).toContain('pdf, doc, docx');
    expect(judgeFileName('a.7z', { types: EVERY_TYPE })).toMatchObject({ accepted: true, extension: '7z' });
  });
});

describe('a long name', () => {
  it('is cut in the middle and keeps its beginning, its end and its extension', () => {
    const name = shown(`start${'a'.repeat(400)}end.pdf`);
    expect(name).toMatch(/^start.*…a*end\.pdf$/);
    expect(Buffer.byteLength(name)).toBe(NAME_BYTES);
  });

  it('of exactly 255 bytes stays', () => expect(shown(`${'a'.repeat(251)}.pdf`)).toHaveLength(255));

  it('is never cut through a character that people see', () => {
    const family = '👩‍👩‍👧';
    const name = shown(`${family.repeat(40)}.pdf`);
    expect(name.replaceAll(family, '')).toBe('….pdf');
  });

  it('made of one endless character loses it', () => {
    expect(shown(`e${'\u0317'.repeat(300)}.pdf`)).toBe('….pdf');
  });
});

describe('any string', () => {
  const names = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 400 }),
    fc.string({ unit: 'grapheme', maxLength: 400 }).map((stem) => `${stem}.pdf`),
    fc
      .array(
        fc.constantFrom('a', '.', '/', '\\', '\u200d', '\u0301', '\ud83d', 'é', '；', '\u202e', ' ', 'pdf'),
      )
      .map((parts) => `${parts.join('')}.pdf`),
  );

  it('gives a verdict; an accepted name is safe, fits, keeps its extension and is judged the same again', () => {
    fc.assert(
      fc.property(names, (raw) => {
        const first = judgeFileName(raw, policy);
        if (!first.accepted) {
          expect(first.details.file_name).toBeTypeOf('string');
          return;
        }
        expect(Buffer.byteLength(first.name)).toBeLessThanOrEqual(NAME_BYTES);
        expect(first.name.isWellFormed()).toBe(true);
        expect(first.name).toBe(first.name.normalize('NFC'));
        expect(first.name).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}/\\]/u);
        expect(first.name.toLowerCase().endsWith(`.${first.extension}`)).toBe(true);
        expect(judgeFileName(first.name, policy)).toEqual(first);
      }),
      { numRuns: 3000 },
    );
  });
});

it.runIf(corpusIsThere())('every sample name is judged as the corpus says', () => {
  const wrong = sampleNames().filter(({ name, expected }) => {
    return judgeFileName(name, policy).accepted !== (expected === 'accept-sanitised');
  });
  expect(wrong).toEqual([]);
});
