import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { office } from './build/office.ts';
import { type Member, u16, u32, zip } from './build/zip.ts';
import { verdict, word } from './verdict.ts';

const text: Member = { name: 'a.txt', content: 'Good morning.' };
const zeros = (megabytes: number) => Buffer.alloc(megabytes * 1024 * 1024);

describe('a zip that ordinary programs write', () => {
  it.each<[string, Buffer, string]>([
    ['empty', zip([]), 'accepted'],
    [
      'packed and stored, with folders',
      zip([text, { ...text, name: 'b/', content: '' }, { ...text, name: 'b/c.txt', method: 0 }]),
      'accepted',
    ],
    [
      'with sizes in a descriptor',
      zip([
        { ...text, descriptor: 13 },
        { ...text, name: 'b.txt' },
      ]),
      'accepted',
    ],
    [
      'with a size that the descriptor corrects',
      zip([{ ...text, central: { size: 99 }, descriptor: 13 }]),
      'accepted',
    ],
    ['with a comment', zip([text], { comment: 'from the printer' }), 'accepted'],
    ['with a line break behind it', Buffer.concat([zip([text]), Buffer.from('\r\n')]), 'accepted'],
    ['with a page in it', zip([{ name: 'page.html', content: '<p>' }]), 'accepted scripts_inside'],
    [
      'with a Linux program in it',
      zip([{ name: 'tool', content: '\x7fELF\x02\x01' }]),
      'accepted programs_inside',
    ],
    ['with a macro document in it', zip([{ name: 'a.docm', content: 'PK' }]), 'accepted macros'],
    ['with an archive in it', zip([{ name: 'in.zip', content: zip([text]) }]), 'accepted nested_archives'],
    [
      'with an archive nobody looks into',
      zip([{ name: 'in', content: 'Rar!\x1a\x07\0' }]),
      'accepted nested_archives',
    ],
    [
      'with a damaged archive in it',
      zip([{ name: 'in', content: zip([text]).subarray(0, 60) }]),
      'accepted nested_archives',
    ],
    ['encrypted', zip([{ ...text, flags: 1 }]), 'accepted encrypted'],
    [
      'with text that begins like a program',
      zip([{ ...text, content: 'MZ is where a program begins, but this is a text, you see.'.repeat(3) }]),
      'accepted',
    ],
    ['from standard input', zip([{ ...text, name: '-', mode: 0o010600 }]), 'accepted'],
    [
      'with names of both separators',
      zip([{ ...text, name: 'a/b.txt', local: { name: 'a\\b.txt' } }]),
      'accepted',
    ],
    [
      'with padding between its entries',
      zip([text, { ...text, name: 'b.txt', gap: Buffer.alloc(9) }]),
      'accepted',
    ],
    [
      'with wrong offsets but entries end to end',
      zip([
        { ...text, descriptor: 13 },
        { ...text, name: 'b.txt', central: { offset: 30 } },
      ]),
      'accepted',
    ],
  ])('%s', async (_, bytes, expected) => expect(await word('a.zip', bytes)).toBe(expected));
});

describe('names that would harm whoever unpacks', () => {
  it.each([
    ['../a.txt', 'archive_unsafe'],
    ['a/../../b.txt', 'archive_unsafe'],
    ['a\\..\\b.txt', 'archive_unsafe'],
    ['a/.. /b.txt', 'archive_unsafe'],
    ['/etc/a.txt', 'archive_unsafe'],
    ['\\\\host\\a.txt', 'archive_unsafe'],
    ['C:/a.txt', 'archive_unsafe'],
    ['a\0.txt', 'archive_unsafe'],
    ['', 'archive_unsafe'],
    ['setup.exe', 'archive_blocked_entry'],
    ['SETUP.EXE', 'archive_blocked_entry'],
    ['setup.exe. .', 'archive_blocked_entry'],
    ['setup.e\u200bxe', 'archive_blocked_entry'],
    ['setup．exe', 'archive_blocked_entry'],
    ['invoice\u202efdp.exe', 'archive_blocked_entry'],
    ['a.pdf:b.exe', 'archive_blocked_entry'],
    ['folder.exe/a.txt', 'accepted'],
    ['exe', 'accepted'],
    ['..a.txt', 'accepted'],
  ])('%j: %s', async (name, expected) =>
    expect(await word('a.zip', zip([{ ...text, name }]))).toBe(expected),
  );

  it('a second name, in Unicode, counts as much as the first', async () => {
    const alias = (path: string, of: string) => {
      const field = Buffer.concat([Buffer.from([1]), u32(crc32(of)), Buffer.from(path)]);
      return zip([{ ...text, central: { extra: Buffer.concat([u16(0x7075, field.length), field]) } }]);
    };
    expect(await word('a.zip', alias('été.txt', 'a.txt'))).toBe('accepted');
    expect(await word('a.zip', alias('a.txt', 'a.txt'))).toBe('accepted');
    expect(await word('a.zip', alias('a.exe', 'a.txt'))).toBe('archive_blocked_entry');
    expect(await word('a.zip', alias('../a', 'a.txt'))).toBe('archive_unsafe');
    expect(await word('a.zip', alias('a.exe', 'the name of another entry'))).toBe('accepted');
  });

  it('the same name twice, in any spelling', async () => {
    expect(await word('a.zip', zip([text, text]))).toBe('archive_unsafe');
    expect(
      await word(
        'a.zip',
        zip([
          { ...text, name: 'a/b' },
          { ...text, name: 'a\\b' },
        ]),
      ),
    ).toBe('archive_unsafe');
    expect(
      await word(
        'a.zip',
        zip([
          { ...text, name: 'é' },
          { ...text, name: 'e\u0301' },
        ]),
      ),
    ).toBe('archive_unsafe');
  });

  it.each([
    ['link', 0o120777],
    ['block device', 0o060600],
    ['character device', 0o020600],
  ])('a %s', async (_, mode) => {
    expect(await word('a.zip', zip([{ ...text, mode }]))).toBe('archive_unsafe');
  });
});

describe('programs by their content, whatever their name', () => {
  const dos = Buffer.alloc(128);
  dos.write('MZ\x90\0\x03\0\0\0\x04\0', 'latin1');
  dos.writeUInt32LE(64, 60);
  dos.write('PE', 64);
  it.each([
    ['a Windows program', dos],
    ['a Windows shortcut', Buffer.from('4c0000000114020000000000', 'hex')],
  ])('%s', async (actual, content) => {
    const bytes = zip([{ name: 'notes.txt', content }]);
    expect(await verdict('a.zip', bytes)).toMatchObject({
      code: 'archive_blocked_entry',
      details: { actual },
    });
    expect(await word('a.zip', zip([{ name: 'in.zip', content: bytes }]))).toBe('archive_blocked_entry');
  });
});

describe('bombs, judged before a byte is unpacked', () => {
  it('too much in all', async () => {
    const claim = { ...text, central: { size: 300 * 1024 * 1024 }, local: { size: 300 * 1024 * 1024 } };
    expect(await verdict('a.zip', zip([claim]))).toMatchObject({
      code: 'archive_too_large',
      details: { limit: 32 * 1024 * 1024 },
    });
  });

  it('two hundred times its size, but not what packs well and stays small', async () => {
    expect(await word('a.zip', zip([{ ...text, content: zeros(33) }]))).toBe('archive_too_large');
    expect(await word('a.zip', zip([{ ...text, content: zeros(31) }]))).toBe('accepted');
  });

  it('archives inside count with those around them', async () => {
    const inner = zip([{ ...text, content: zeros(12) }]);
    const members = ['a', 'b', 'c'].map((name) => ({ name, content: inner }));
    expect(await word('a.zip', zip(members))).toBe('archive_too_large');
  });

  it('too many entries, stated or nested', async () => {
    expect(await word('a.zip', zip([text], { entries: 20_000 }))).toBe('archive_too_large');
    const many = zip(Array.from({ length: 6000 }, (_, i) => ({ name: `${i}`, method: 0 })));
    expect(
      await word(
        'a.zip',
        zip([
          { name: 'a', content: many },
          { name: 'b', content: many },
        ]),
      ),
    ).toBe('archive_too_large');
  });

  it('archives more than five deep', async () => {
    let bytes = zip([text]);
    for (let depth = 2; depth <= 5; depth += 1) bytes = zip([{ name: 'in', content: bytes }]);
    expect(await word('a.zip', bytes)).toBe('accepted');
    expect(await word('a.zip', zip([{ name: 'in', content: bytes }]))).toBe('archive_too_deep');
  });

  it('archives behind a password', async () => {
    expect(await word('a.zip', zip([{ ...text, name: 'in.zip', flags: 1 }]))).toBe('archive_locked');
  });
});

describe('a zip that two readers would see differently', () => {
  it.each<[string, Buffer, string]>([
    ['another name in the local header', zip([{ ...text, local: { name: 'b.exe' } }]), 'archive_unsafe'],
    ['another size in the local header', zip([{ ...text, local: { size: 5 } }]), 'archive_unsafe'],
    ['another method in the local header', zip([{ ...text, local: { method: 0 } }]), 'archive_unsafe'],
    [
      'an entry that unpacks to more than it states',
      zip([{ ...text, central: { size: 5 }, local: { size: 5 } }]),
      'archive_unsafe',
    ],
    [
      'an entry that unpacks to less than it states',
      zip([{ ...text, central: { size: 50 }, local: { size: 50 } }]),
      'archive_unsafe',
    ],
    ['a wrong checksum', zip([{ ...text, central: { crc: 5 }, descriptor: 13 }]), 'content_damaged'],
    ['bytes behind the packed data', zip([{ ...text, packedTail: Buffer.from('hidden') }]), 'archive_unsafe'],
    [
      'bytes behind the packed data of a large entry',
      zip([{ ...text, content: zeros(2), packedTail: Buffer.from('hidden') }]),
      'archive_unsafe',
    ],
    [
      'two entries over the same bytes',
      zip([text, { ...text, name: 'b.txt', local: { name: 'a.txt' }, central: { offset: 0 } }]),
      'archive_unsafe',
    ],
    [
      'an entry that is not listed',
      zip([text, { ...text, name: 'b.txt', gap: zip([text]).subarray(0, 48) }]),
      'content_ambiguous',
    ],
    ['data in front', zip([text], { prefix: Buffer.from('#!/bin/sh\n') }), 'content_ambiguous'],
    ['a file behind', Buffer.concat([zip([text]), Buffer.from('%PDF-1.7')]), 'content_ambiguous'],
    ['a NUL behind', Buffer.concat([zip([text]), Buffer.alloc(1)]), 'content_ambiguous'],
    [
      'a second end in the comment',
      zip([text], { comment: zip([]).toString('latin1') }),
      'content_ambiguous',
    ],
    ['a RAR archive in the comment', zip([text], { comment: 'Rar!\x1a\x07\0' }), 'content_ambiguous'],
    [
      'a RAR archive in a header',
      zip([{ ...text, local: { extra: Buffer.from('\x01\x99\x07\0Rar!\x1a\x07\0', 'latin1') } }]),
      'content_ambiguous',
    ],
    ['its end missing', zip([text]).subarray(0, -30), 'content_damaged'],
    ['fewer entries than stated', zip([text], { entries: 2 }), 'content_damaged'],
  ])('%s', async (_, bytes, expected) => expect(await word('a.zip', bytes)).toBe(expected));
});

it.each<[string, Buffer]>([
  ['an Office document', office('docx')],
  [
    'an OpenDocument file',
    zip([{ name: 'mimetype', content: 'application/vnd.oasis.opendocument.text', method: 0 }]),
  ],
  ['an Android program', zip([{ name: 'AndroidManifest.xml' }])],
  ['a Java archive', zip([{ name: 'META-INF/MANIFEST.MF', content: 'Manifest-Version: 1.0' }])],
  ['no zip at all', Buffer.from('Good morning.')],
])('%s under the name of a zip is not what it says', async (_, bytes) => {
  expect(await word('a.zip', bytes)).toBe('type_mismatch');
});
