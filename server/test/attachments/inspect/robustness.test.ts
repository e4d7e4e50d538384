import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inMemory } from '../../../src/attachments/inspect/bounds.ts';
import { inspect } from '../../../src/attachments/inspect/inspect.ts';
import type { RandomAccess } from '../../../src/attachments/inspect/inspection.ts';
import { acceptedTypes, EVERY_TYPE } from '../../../src/attachments/policy.ts';
import { compound, EXCEL, POWERPOINT, WORD } from './build/compound.ts';
import { chunk, gif, jpeg, png } from './build/image.ts';
import { office, relation, relations } from './build/office.ts';
import { objectStream, pdf, stream } from './build/pdf.ts';
import { sevenZip } from './build/sevenzip.ts';
import { zip } from './build/zip.ts';

const policy = { types: EVERY_TYPE };
const text = { name: 'a.txt', content: 'Good morning.' };
const members = [
  text,
  { ...text, name: 'b/c.txt', descriptor: 13 },
  { name: 'in.zip', content: zip([text]) },
];

/** A valid file of each kind with as many structures in it as the builders know. */
const VALID: Record<string, Buffer> = {
  pdf: pdf([objectStream('<< /S /JavaScript >>'), stream(Buffer.from('x'), '', '9 0 R')]),
  doc: compound({ WordDocument: WORD, 'Macros/VBA/dir': WORD, 'ObjectPool/_1/\x01Ole10Native': EXCEL }),
  xls: compound({ Workbook: EXCEL }),
  ppt: compound({ 'PowerPoint Document': POWERPOINT, 'Current User': EXCEL }),
  docx: office('docx', {
    more: [
      { name: 'word/_rels/a.rels', content: relations(relation('oleObject', 'a')) },
      { name: 'a.bin', content: compound({ x: WORD }) },
    ],
  }),
  zip: zip(members),
  '7z': sevenZip([text, { name: 'b' }, { name: 'c', content: 'a.txt', mode: 0o120777 }]),
  png: png(),
  jpg: jpeg({ comment: 'x' }),
  gif: gif({ comment: 'x' }),
  csv: Buffer.from('a,b\n1,=A1\n'),
};

describe.each(Object.entries(VALID))('a %s', (extension, bytes) => {
  it('with any bytes changed, put in or taken out gets a verdict', async () => {
    const edit = fc.record({
      at: fc.nat(bytes.length),
      remove: fc.oneof(fc.constant(1), fc.nat(40)),
      insert: fc.oneof(
        fc.uint8Array({ maxLength: 8 }),
        fc.constantFrom(Buffer.alloc(4, 0xff), Buffer.alloc(4)),
      ),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 4 }), async (edits) => {
        const changed = edits.reduce(
          (before, { at, remove, insert }) =>
            Buffer.concat([before.subarray(0, at), insert, before.subarray(at + remove)]),
          bytes,
        );
        const verdict = await inspect(inMemory(changed), `a.${extension}`, policy);
        expect(verdict.rule).toBeTypeOf('string');
      }),
      { numRuns: 400 },
    );
  }, 30_000);

  it('cut at any place gets a verdict', async () => {
    for (let length = 0; length <= bytes.length; length += Math.ceil(bytes.length / 500)) {
      const verdict = await inspect(inMemory(bytes.subarray(0, length)), `a.${extension}`, policy);
      expect(verdict.rule).toBeTypeOf('string');
    }
  }, 30_000);
});

it('random bytes under any accepted name get a verdict, with or without a signature', async () => {
  const signatures = Object.values(VALID).map((bytes) => bytes.subarray(0, 12));
  const bytes = fc.tuple(fc.constantFrom(Buffer.alloc(0), ...signatures), fc.uint8Array({ maxLength: 3000 }));
  const extension = fc.constantFrom(...acceptedTypes(policy).map((type) => type.extension));
  await fc.assert(
    fc.asyncProperty(bytes, extension, async ([signature, noise], name) => {
      const verdict = await inspect(inMemory(Buffer.concat([signature, noise])), `a.${name}`, policy);
      expect(verdict.rule).toBeTypeOf('string');
    }),
    { numRuns: 1500 },
  );
}, 30_000);

describe('what the checks read', () => {
  /** A file that counts what is asked of it. */
  function counted(file: RandomAccess) {
    const counter = { ...file, bytes: 0 };
    counter.read = (offset, length) => {
      counter.bytes += Math.min(length, Math.max(0, file.size - offset));
      return file.read(offset, length);
    };
    return counter;
  }

  const MB = 1024 * 1024;
  it.each<[string, Buffer, number]>([
    ['of a large PDF of one picture: its ends', pdf([stream(Buffer.alloc(20 * MB, 'x'))]), 2 * MB],
    [
      'of a large PNG: its chunk headers',
      png({ extra: [chunk('tEXt', Buffer.alloc(20 * MB, 'x'))] }),
      2 * MB,
    ],
    [
      'of a compound file: its tables',
      compound({ WordDocument: WORD, Data: Buffer.alloc(60_000, 'x') }),
      1 * MB,
    ],
    ['of a large text: all of it, once', Buffer.alloc(20 * MB, 'x'), 21 * MB],
    [
      'of a zip: what it takes to unpack it',
      zip([{ name: 'a', content: Buffer.alloc(20 * MB, 'x'), method: 0 }]),
      22 * MB,
    ],
  ])('%s', async (_, bytes, limit) => {
    const extension = Object.entries({
      pdf: '%PDF',
      png: '\x89PNG',
      doc: '\xd0\xcf',
      zip: 'PK',
      txt: 'x',
    }).find(([, start]) => bytes.toString('latin1', 0, start.length) === start)?.[0];
    const file = counted(inMemory(bytes));
    await inspect(file, `a.${extension}`, policy);
    expect(file.bytes).toBeLessThanOrEqual(limit);
  });

  it('is bounded even where a structure sends them in circles', async () => {
    // Every entry of this directory says that its bytes are the whole of a large stored file.
    const many = zip(
      Array.from({ length: 200 }, (_, i) => ({ name: `${i}`, method: 0, content: 'x'.repeat(5000) })),
    );
    const file = counted(inMemory(many));
    await inspect(file, 'a.zip', policy);
    expect(file.bytes).toBeLessThanOrEqual(2 * many.length + 4 * MB);
  });
});
