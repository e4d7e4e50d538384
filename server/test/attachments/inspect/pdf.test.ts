import { describe, expect, it } from 'vitest';
import { objectStream, pdf, stream } from './build/pdf.ts';
import { zip } from './build/zip.ts';
import { word } from './verdict.ts';

const plain = pdf();
const script = '<< /S /JavaScript /JS (app.alert\\(1\\)) >>';

describe('a PDF', () => {
  it.each<[string, Buffer, string]>([
    ['that is plain', plain, 'accepted'],
    ['behind blanks and a mark', Buffer.concat([Buffer.from('\ufeff\r\n  '), plain]), 'accepted'],
    [
      'in a printer job',
      Buffer.concat([Buffer.from('\x1b%-12345X@PJL JOB\r\n@PJL ENTER LANGUAGE=PDF\r\n'), plain]),
      'accepted',
    ],
    ['with padding behind it', Buffer.concat([plain, Buffer.from('\r\n\0\0\0')]), 'accepted'],
    ['with JavaScript', pdf([script]), 'accepted javascript'],
    ['with JavaScript under a name in numbers', pdf(['<< /S /J#61vaScript >>']), 'accepted javascript'],
    ['with a launch action', pdf(['<< /S /Launch /F (cmd.exe) >>']), 'accepted launch_action'],
    ['with a file in it', pdf([stream(Buffer.from('x'), '/Type /EmbeddedFile')]), 'accepted embedded_files'],
    ['encrypted', pdf([], '/Encrypt 5 0 R'), 'accepted encrypted'],
    ['with JavaScript in an object stream', pdf([objectStream(script)]), 'accepted javascript'],
    [
      'with the word in the contents of a page',
      pdf([stream(Buffer.from('(/JavaScript /Launch) Tj'))]),
      'accepted',
    ],
    [
      'with streams that lie about their length',
      pdf([stream(Buffer.from('/Launch'), '', 5000), script]),
      'accepted javascript',
    ],
    [
      'with lengths elsewhere',
      pdf([stream(Buffer.from('/Launch'), '', '9 0 R'), script]),
      'accepted javascript',
    ],
    [
      'with an object stream that does not unpack',
      pdf([stream(Buffer.from('broken'), '/Type /ObjStm /Filter /FlateDecode')]),
      'accepted',
    ],
    [
      'with a script far behind',
      pdf([stream(Buffer.alloc(300_000, 'x')), `${' '.repeat(16_380)}${script}`]),
      'accepted javascript',
    ],
    ['behind a page', Buffer.concat([Buffer.from('<html><script>x</script>'), plain]), 'content_ambiguous'],
    ['behind more than blanks', Buffer.concat([Buffer.from('GIF89a'), plain]), 'content_ambiguous'],
    ['behind too much', Buffer.concat([Buffer.alloc(1100, ' '), plain]), 'type_mismatch'],
    ['with a zip behind it', Buffer.concat([plain, zip([{ name: 'a' }])]), 'content_ambiguous'],
    ['with a page behind it', Buffer.concat([plain, Buffer.from('\n<HTML>')]), 'content_ambiguous'],
    [
      'with a RAR archive in it',
      pdf([stream(Buffer.from('Rar!\x1a\x07\x01\0', 'latin1'))]),
      'content_ambiguous',
    ],
    ['with its end missing', plain.subarray(0, -10), 'content_damaged'],
    [
      'with the place of its table missing',
      Buffer.from(plain.toString('latin1').replace(/startxref\n\d+/, 'startxref'), 'latin1'),
      'content_damaged',
    ],
    ['that is a text', Buffer.from('Good morning.'), 'type_mismatch'],
  ])('%s', async (_, bytes, expected) => expect(await word('a.pdf', bytes)).toBe(expected));
});

it('a disk image or tape archive in a PDF is refused', async () => {
  const iso = Buffer.concat([
    plain.subarray(0, 15),
    Buffer.alloc(0x8001 - 15, ' '),
    Buffer.from('CD001'),
    pdf().subarray(15),
  ]);
  expect(await word('a.pdf', iso)).toBe('content_ambiguous');
});
