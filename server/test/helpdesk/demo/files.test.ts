import { crc32, inflateRawSync } from 'node:zlib';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { diagnosticsZip, invoice, ordersCsv, serverLog } from '../../../src/helpdesk/demo/files.ts';
import {
  chartScreenshot,
  displayPhoto,
  errorScreenshot,
  parcelPhoto,
} from '../../../src/helpdesk/demo/pictures.ts';

describe.each([
  ['error', errorScreenshot, 'png', 1280, 800],
  ['chart', chartScreenshot, 'png', 1280, 800],
  ['parcel', () => parcelPhoto('front'), 'jpeg', 1600, 1200],
  ['corner', () => parcelPhoto('corner'), 'jpeg', 1600, 1200],
  ['display', displayPhoto, 'jpeg', 1200, 1600],
] as const)('the picture of the %s', (_, make, format, width, height) => {
  test('is what it says, the same every time', async () => {
    const picture = await make();
    expect(await sharp(picture).metadata()).toMatchObject({ format, width, height });
    expect((await make()).equals(picture)).toBe(true);
  });
});

test('the photo of the display lies on its side, and its metadata turns it', async () => {
  const photo = await displayPhoto();
  expect((await sharp(photo).metadata()).orientation).toBe(6);
  const { width, height } = await sharp(photo)
    .autoOrient()
    .toBuffer({ resolveWithObject: true })
    .then(({ info }) => info);
  expect([width, height]).toEqual([1600, 1200]);
});

describe('the PDF', () => {
  const file = invoice('7', ['A (B) \\ C', 'Straße 3']).toString('latin1');

  test('has a cross-reference table whose offsets meet their objects', () => {
    const start = Number(/startxref\n(\d+)\n%%EOF\n$/.exec(file)?.[1]);
    const table = file.slice(start);
    expect(table).toMatch(/^xref\n0 6\n0000000000 65535 f \n(\d{10} 00000 n \n){5}trailer\n<< \/Size 6 /);
    const offsets = [...table.matchAll(/(\d{10}) 00000 n /g)].map((match) => Number(match[1]));
    offsets.forEach((offset, index) => {
      expect(file.slice(offset)).toMatch(new RegExp(`^${index + 1} 0 obj\n`));
    });
  });

  test('has a stream of the stated length, with its text escaped', () => {
    const [, length, content] = /\/Length (\d+) >>\nstream\n(.*)\nendstream/s.exec(file) ?? [];
    expect(content).toHaveLength(Number(length));
    expect(content).toContain('(A \\(B\\) \\\\ C) Tj');
    expect(content).toContain('(Stra\xdfe 3) Tj');
  });
});

test('the zip has a directory that leads to both files, whole', () => {
  const file = diagnosticsZip();
  const end = file.subarray(-22);
  expect(end.readUInt32LE(0)).toBe(0x06054b50);
  expect([end.readUInt16LE(8), end.readUInt16LE(10)]).toEqual([2, 2]);
  const start = end.readUInt32LE(16);
  expect(start + end.readUInt32LE(12)).toBe(file.length - 22);
  const contents = new Map<string, Buffer>();
  for (let at = start; at < file.length - 22; ) {
    expect(file.readUInt32LE(at)).toBe(0x02014b50);
    const nameLength = file.readUInt16LE(at + 28);
    const name = file.toString('latin1', at + 46, at + 46 + nameLength);
    const [sum, packed, size] = [
      file.readUInt32LE(at + 16),
      file.readUInt32LE(at + 20),
      file.readUInt32LE(at + 24),
    ];
    const local = file.readUInt32LE(at + 42);
    expect(file.readUInt32LE(local)).toBe(0x04034b50);
    expect(file.subarray(local + 4, local + 30)).toEqual(file.subarray(at + 6, at + 32));
    const data = local + 30 + nameLength;
    const content = inflateRawSync(file.subarray(data, data + packed));
    expect([content.length, crc32(content)]).toEqual([size, sum]);
    contents.set(name, content);
    at += 46 + nameLength;
  }
  expect(contents.get('diagnostics/server.log.txt')).toEqual(serverLog());
  expect(contents.get('diagnostics/orders.csv')).toEqual(ordersCsv());
});

test('the CSV has as many fields on every line', () => {
  const lines = ordersCsv().toString().trimEnd().split('\r\n');
  expect(lines).toHaveLength(1001);
  expect(new Set(lines.map((line) => line.split(',').length))).toEqual(new Set([4]));
});
