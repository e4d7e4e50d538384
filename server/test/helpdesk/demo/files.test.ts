import { crc32, inflateRawSync, inflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import {
  chartScreenshot,
  diagnosticsZip,
  errorScreenshot,
  invoice,
  ordersCsv,
  serverLog,
} from '../../../src/helpdesk/demo/files.ts';

describe.each([
  ['error', errorScreenshot],
  ['chart', chartScreenshot],
])('the PNG of the %s', (_, make) => {
  test('has chunks whose sums fit, and pixels for its size', () => {
    const chunks = chunksOf(make());
    expect(chunks.map((chunk) => chunk.type)).toEqual(['IHDR', 'IDAT', 'IEND']);
    const [header, data] = chunks;
    const width = header?.data.readUInt32BE(0) ?? 0;
    const height = header?.data.readUInt32BE(4) ?? 0;
    expect([...(header?.data.subarray(8) ?? [])]).toEqual([8, 2, 0, 0, 0]);
    expect(inflateSync(data?.data ?? '')).toHaveLength(height * (1 + width * 3));
  });
});

function chunksOf(file: Buffer): { type: string; data: Buffer }[] {
  expect(file.subarray(0, 8)).toEqual(Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'));
  const chunks = [];
  for (let at = 8; at < file.length; ) {
    const length = file.readUInt32BE(at);
    const named = file.subarray(at + 4, at + 8 + length);
    expect(file.readUInt32BE(at + 8 + length)).toBe(crc32(named));
    chunks.push({ type: named.toString('latin1', 0, 4), data: named.subarray(4) });
    at += 12 + length;
  }
  return chunks;
}

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
