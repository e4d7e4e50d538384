import { describe, expect, it } from 'vitest';
import { chunk, gif, jpeg, png, segment } from './build/image.ts';
import { pdf } from './build/pdf.ts';
import { zip } from './build/zip.ts';
import { verdict, word } from './verdict.ts';

const IMAGES = { png: png(), jpg: jpeg(), gif: gif() };
const archive = zip([{ name: 'a.txt', content: 'x' }]);
const rar = Buffer.from('Rar!\x1a\x07\x01\0', 'latin1');

describe.each(Object.entries(IMAGES))('a %s', (extension, image) => {
  const name = `a.${extension}`;

  it('is accepted, under its own name only', async () => {
    expect(await verdict(name, image)).toMatchObject({ accepted: true, warnings: [], rule: extension });
    for (const other of ['png', 'jpg', 'gif', 'pdf', 'zip'].filter((kind) => kind !== extension)) {
      expect(await word(`a.${other}`, image)).toBe('type_mismatch');
    }
  });

  it.each<[string, Buffer, string]>([
    ['padding', Buffer.alloc(9), 'accepted'],
    ['what no format claims', Buffer.from('SEFT and other things of a camera'), 'accepted'],
    ['a second picture', image, 'accepted'],
    ['a zip', archive, 'content_ambiguous'],
    ['a zip behind padding', Buffer.concat([Buffer.alloc(9), archive]), 'content_ambiguous'],
    ['a zip far behind', Buffer.concat([Buffer.alloc(100_000, 'x'), archive]), 'content_ambiguous'],
    ['a RAR archive', Buffer.concat([Buffer.from('x'), rar]), 'content_ambiguous'],
    ['a PDF', pdf(), 'content_ambiguous'],
    ['a script', Buffer.from('<?php system($_GET[0]);'), 'content_ambiguous'],
  ])('with %s behind it', async (_, tail, expected) => {
    expect(await word(name, Buffer.concat([image, tail]))).toBe(expected);
  });

  it('cut anywhere is damaged or no image', async () => {
    for (let length = 1; length < image.length - 1; length += 1) {
      // A GIF may leave out its trailer.
      if (extension === 'gif' && length >= image.length - 2) continue;
      expect(['content_damaged', 'type_mismatch']).toContain(await word(name, image.subarray(0, length)));
    }
  });

  it('with its signature only is damaged', async () => {
    expect(await word(name, image.subarray(0, 8))).toBe('content_damaged');
  });
});

describe('pixels, from the header', () => {
  it.each<[string, Buffer, string]>([
    ['a.png', png({ width: 10_000, height: 10_000 }), 'accepted'],
    ['a.png', png({ width: 10_000, height: 10_001 }), 'image_too_large'],
    ['a.png', png({ width: 2 ** 31, height: 2 ** 31 }), 'image_too_large'],
    ['a.png', png({ width: 0 }), 'content_damaged'],
    ['a.jpg', jpeg({ width: 65_500, height: 1500 }), 'accepted'],
    ['a.jpg', jpeg({ width: 65_500, height: 1600 }), 'image_too_large'],
    ['a.gif', gif({ width: 65_500, height: 1600 }), 'image_too_large'],
    ['a.gif', gif({ height: 0 }), 'content_damaged'],
  ])('%s', async (name, bytes, expected) => expect(await word(name, bytes)).toBe(expected));
});

it.each<[string, Buffer, string]>([
  ['a.png', png({ extra: [chunk('tEXt', rar)] }), 'content_ambiguous'],
  ['a.jpg', jpeg({ comment: rar.toString('latin1') }), 'content_ambiguous'],
  ['a.jpg', jpeg({ comment: '%PDF-1.7' }), 'content_ambiguous'],
  ['a.gif', gif({ comment: archive.toString('latin1') }), 'content_ambiguous'],
  ['a.gif', gif({ comment: '%PDF-1.7' }), 'content_ambiguous'],
  ['a.gif', gif({ comment: 'made by hand' }), 'accepted'],
  ['a.gif', gif({ end: false }), 'accepted'],
])('%s with another file inside: %s', async (name, bytes, expected) =>
  expect(await word(name, bytes)).toBe(expected),
);

it('broken structures are damaged', async () => {
  expect(await word('a.png', Buffer.concat([png().subarray(0, 8), chunk('tEXt'), png().subarray(8)]))).toBe(
    'content_damaged',
  );
  expect(await word('a.png', png({ end: false }))).toBe('content_damaged');
  const scanFirst = Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    segment(0xda, Buffer.alloc(6)),
    Buffer.from([1, 0xff, 0xd9]),
  ]);
  expect(await word('a.jpg', scanFirst)).toBe('content_damaged');
  expect(await word('a.jpg', Buffer.from('ffd8ff1234', 'hex'))).toBe('content_damaged');
});
