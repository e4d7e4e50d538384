import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { compound, EXCEL, POWERPOINT, WORD } from './build/compound.ts';
import { office, relation, relations } from './build/office.ts';
import { u16, u32, zip } from './build/zip.ts';
import { verdict, word } from './verdict.ts';

describe('Open XML', () => {
  it.each(['docx', 'xlsx', 'pptx'] as const)(
    'a plain %s is accepted, under its own name only',
    async (kind) => {
      expect(await verdict(`a.${kind}`, office(kind))).toMatchObject({ accepted: true, warnings: [] });
      for (const other of ['docx', 'xlsx', 'pptx', 'doc', 'pdf', 'txt'].filter(
        (extension) => extension !== kind,
      )) {
        expect(await word(`a.${other}`, office(kind))).toBe('type_mismatch');
      }
    },
  );

  it.each<[string, Parameters<typeof office>[1]]>([
    ['the type of the main part', { mainType: 'application/vnd.ms-word.document.macroEnabled.main+xml' }],
    ['a project by its name', { more: [{ name: 'word/vbaProject.bin', content: 'x' }] }],
    [
      'a part by its type',
      {
        more: [{ name: 'word/x.dat', content: 'x' }],
        types: '<Default Extension="dat" ContentType="application/vnd.ms-office.vbaProject"/>',
      },
    ],
    [
      'a type in character references',
      {
        more: [{ name: 'word/x.dat', content: 'x' }],
        types: '<Default Extension="dat" ContentType="application/vnd.ms-office.vba&#x50;roject"/>',
      },
    ],
    [
      'a relationship',
      {
        more: [{ name: 'word/_rels/document.xml.rels', content: relations(relation('vbaProject', 'x.bin')) }],
      },
    ],
    [
      'a macro sheet',
      {
        more: [{ name: 'xl/macrosheets/a.xml', content: '<x/>' }],
        types:
          '<Override PartName="/xl/macrosheets/a.xml" ContentType="application/vnd.ms-excel.macrosheet+xml"/>',
      },
    ],
    [
      'an embedded document',
      {
        more: [
          {
            name: 'word/embeddings/a.docx',
            content: office('docx', { more: [{ name: 'word/vbaProject.bin' }] }),
          },
        ],
      },
    ],
  ])('macros by %s are refused', async (_, options) => {
    expect(await word('a.docx', office('docx', options))).toBe('macros_not_allowed');
  });

  it('a macro type that no part has means nothing, and one in a comment neither', async () => {
    const types =
      '<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/><!-- <Override PartName="/word/document.xml" ContentType="macroEnabled"/> -->';
    expect(await word('a.docx', office('docx', { types }))).toBe('accepted');
  });

  const declaration = '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>';
  it.each<[string, Buffer]>([
    ['in a part', Buffer.from(`<?xml version="1.0"?>${declaration}`)],
    ['behind a long comment', Buffer.from(`<!--${'-x'.repeat(400_000)}-->${declaration}`)],
    ['in UTF-16', Buffer.from(`\ufeff${declaration}`, 'utf16le')],
    ['in UTF-16 the other way', Buffer.from(`\ufeff${declaration}`, 'utf16le').swap16()],
    ['in an encoding that hides it', Buffer.from(`<?xml version="1.0" encoding="utf-7"?>${declaration}`)],
  ])('a document type declaration %s is refused', async (_, content) => {
    expect(await word('a.docx', office('docx', { more: [{ name: 'word/more.xml', content }] }))).toBe(
      'document_unsafe',
    );
  });

  it.each<[string, Parameters<typeof office>[1], string]>([
    [
      'an embedded file',
      {
        more: [
          {
            name: 'word/_rels/document.xml.rels',
            content: relations(relation('oleObject', 'embeddings/a.bin')),
          },
        ],
      },
      'accepted embedded_files',
    ],
    [
      'the workbook behind a chart',
      {
        more: [
          { name: 'word/charts/_rels/chart1.xml.rels', content: relations(relation('package', '../a.xlsx')) },
        ],
      },
      'accepted',
    ],
    [
      'a template elsewhere',
      {
        more: [
          {
            name: 'word/_rels/settings.xml.rels',
            content: relations(relation('attachedTemplate', 'http://example.org/a.dotm', 'External')),
          },
        ],
      },
      'accepted external_links',
    ],
    [
      'a hyperlink',
      {
        more: [
          {
            name: 'word/_rels/document.xml.rels',
            content: relations(relation('hyperlink', 'http://example.org', 'External')),
          },
        ],
      },
      'accepted',
    ],
    [
      'a program',
      { more: [{ name: 'word/media/a.png', content: '\x7fELF\x02\x01\x01' }] },
      'archive_blocked_entry',
    ],
    ['an empty part', { more: [{ name: 'word/empty.xml' }] }, 'accepted'],
    ['parts with backslashes', { more: [{ name: 'word\\x.xml', content: '<x/>' }] }, 'accepted'],
  ])('%s', async (_, options, expected) =>
    expect(await word('a.docx', office('docx', options))).toBe(expected),
  );

  it('two parts whose names differ only in case are one part, twice', async () => {
    const more = [{ name: '[content_types].XML', content: '<Types/>' }];
    expect(await word('a.docx', office('docx', { more }))).toBe('content_ambiguous');
  });

  it('another package, or a zip of no package, is not what it says', async () => {
    const template = 'application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml';
    expect(await word('a.docx', office('docx', { mainType: template }))).toBe('type_mismatch');
    expect(await word('a.docx', zip([{ name: 'a.txt', content: 'x' }]))).toBe('type_mismatch');
    expect(
      await word(
        'a.docx',
        zip([
          { name: '[Content_Types].xml', content: '<Types/>' },
          { name: '_rels/.rels', content: '<x/>' },
        ]),
      ),
    ).toBe('type_mismatch');
  });
});

describe('compound files', () => {
  const doc = compound({ WordDocument: WORD });
  const xls = compound({ Workbook: EXCEL });
  const ppt = compound({ 'PowerPoint Document': POWERPOINT });

  it('are told apart by their main stream', async () => {
    for (const [kind, bytes] of Object.entries({ doc, xls, ppt })) {
      expect(await verdict(`a.${kind}`, bytes)).toMatchObject({ accepted: true, warnings: [] });
      for (const other of ['doc', 'xls', 'ppt', 'docx', 'zip', 'txt'].filter(
        (extension) => extension !== kind,
      )) {
        expect(await word(`a.${other}`, bytes)).toBe('type_mismatch');
      }
    }
    expect(await word('a.doc', compound({ '__properties_version1.0': WORD }))).toBe('type_mismatch');
    expect(await word('a.doc', compound({ Contents: WORD }))).toBe('type_mismatch');
    expect(await word('a.doc', compound({ WordDocument: WORD, Workbook: EXCEL }))).toBe('content_ambiguous');
  });

  it('that are encrypted Open XML are what their name says, since nothing else can tell', async () => {
    const locked = compound({ EncryptionInfo: WORD, EncryptedPackage: WORD });
    for (const name of ['a.docx', 'a.xlsx', 'a.pptx'])
      expect(await word(name, locked)).toBe('accepted encrypted');
    expect(await verdict('a.xlsx', locked)).toMatchObject({
      mimeType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    });
    for (const name of ['a.doc', 'a.xls', 'a.zip', 'a.pdf'])
      expect(await word(name, locked)).toBe('type_mismatch');
    const both = compound({ EncryptedPackage: WORD, WordDocument: WORD });
    expect(await word('a.docx', both)).toBe('content_ambiguous');
    expect(await word('a.docx', locked.subarray(0, 512))).toBe('content_damaged');
  });

  it.each<[string, string, Buffer, string]>([
    [
      'a.doc',
      'an encrypted text',
      compound({ WordDocument: Buffer.concat([u16(0xa5ec, 0, 0, 0, 0, 0x100), WORD]) }),
      'accepted encrypted',
    ],
    ['a.doc', 'macros', compound({ WordDocument: WORD, 'Macros/VBA/dir': WORD }), 'accepted macros'],
    [
      'a.doc',
      'an embedded object',
      compound({ WordDocument: WORD, 'ObjectPool/_1/x': WORD }),
      'accepted embedded_files',
    ],
    [
      'a.xls',
      'an encrypted workbook',
      compound({ Workbook: Buffer.concat([u16(0x0809, 0, 0x2f, 0)]) }),
      'accepted encrypted',
    ],
    [
      'a.xls',
      'an Excel 4 macro sheet',
      compound({
        Workbook: Buffer.concat([u16(0x0809, 0, 0x85, 6), u32(0), Buffer.from([0, 1]), u16(0x0a, 0)]),
      }),
      'accepted macros',
    ],
    [
      'a.xls',
      'an ordinary sheet',
      compound({ Book: Buffer.concat([u16(0x0809, 0, 0x85, 6), u32(0), Buffer.from([0, 0]), u16(0x0a, 0)]) }),
      'accepted',
    ],
    [
      'a.ppt',
      'an encrypted show',
      compound({ 'PowerPoint Document': POWERPOINT, 'Current User': u32(0, 0, 0, 0xf3d1c4df) }),
      'accepted encrypted',
    ],
    ['a.ppt', 'an embedded object', show(Buffer.from('x'.repeat(9))), 'accepted embedded_files'],
    ['a.ppt', 'macros', show(compound({ 'VBA/dir': WORD })), 'accepted macros'],
  ])('%s with %s', async (name, _, bytes, expected) => expect(await word(name, bytes)).toBe(expected));

  /** A show with one embedded object, packed as PowerPoint packs it. */
  function show(object: Buffer): Buffer {
    const packed = Buffer.concat([u32(object.length), deflateSync(object)]);
    return compound({
      'PowerPoint Document': Buffer.concat([POWERPOINT, u16(0x10, 0x1011), u32(packed.length), packed]),
    });
  }

  const packaged = (label: string, content: string) =>
    Buffer.concat([
      u32(0),
      u16(2),
      Buffer.from(`${label}\0C:\\${label}\0`),
      u32(0x30000, 1),
      Buffer.from('x\0'),
      u32(content.length),
      Buffer.from(content),
    ]);

  it('may hold packaged files, but no programs', async () => {
    const doc = (label: string, content: string) =>
      compound({ WordDocument: WORD, 'ObjectPool/_1/\x01Ole10Native': packaged(label, content) });
    expect(await word('a.doc', doc('notes.txt', 'Good morning.'))).toBe('accepted embedded_files');
    expect(await word('a.doc', doc('notes.exe', 'x'))).toBe('archive_blocked_entry');
    expect(await word('a.doc', doc('notes.txt', '\x7fELF\x02\x01\x01'))).toBe('archive_blocked_entry');
    const object = compound({ '\x01Ole10Native': packaged('run.lnk', 'x') });
    expect(await word('a.ppt', show(object))).toBe('archive_blocked_entry');
    expect(
      await word('a.docx', office('docx', { more: [{ name: 'word/embeddings/a.bin', content: object }] })),
    ).toBe('archive_blocked_entry');
  });

  it('end where their sectors end: padding may follow, another file may not', async () => {
    expect(await word('a.doc', Buffer.concat([doc, Buffer.alloc(700)]))).toBe('accepted');
    expect(await word('a.doc', Buffer.concat([doc, Buffer.alloc(9), zip([{ name: 'a' }])]))).toBe(
      'content_ambiguous',
    );
    expect(await word('a.doc', Buffer.concat([doc, Buffer.from('what a camera writes')]))).toBe('accepted');
  });

  it('with chains in circles or to nowhere are damaged, and end at once', async () => {
    const circle = Buffer.from(doc);
    const table = circle.readUInt32LE(76) * 512 + 512;
    const directory = circle.readUInt32LE(48);
    circle.writeUInt32LE(directory, table + directory * 4);
    expect(await word('a.doc', circle)).toBe('content_damaged');
    expect(await word('a.doc', doc.subarray(0, 700))).toBe('content_damaged');
    expect(await word('a.doc', doc.subarray(0, 8))).toBe('content_damaged');
  });
});
