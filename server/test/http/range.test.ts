import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type SelectionHeaders, select } from '../../src/http/range.ts';

const ETAG = '"ours"';
const SIZE = 1000;
const WHOLE = { kind: 'whole' };
const part = (start: number, end: number) => ({ kind: 'part', range: { start, end } });

function selected(headers: SelectionHeaders, size = SIZE) {
  return select(headers, ETAG, size);
}

describe('a range', () => {
  test.each([
    ['bytes=0-0', part(0, 0)],
    ['bytes=0-499', part(0, 499)],
    ['bytes=500-', part(500, 999)],
    ['bytes=-1', part(999, 999)],
    ['bytes=-500', part(500, 999)],
    ['bytes=-5000', part(0, 999)],
    ['bytes=999-5000', part(999, 999)],
    ['bytes=0-', part(0, 999)],
    ['BYTES=0-1', part(0, 1)],
    ['bytes= 0-1 ', part(0, 1)],
    ['bytes=0-99999999999999999999999999', part(0, 999)],
    [`bytes=0-${'9'.repeat(400)}`, part(0, 999)],
    ['bytes=00000-00001', part(0, 1)],
  ])('%s', (range, expected) => expect(selected({ range })).toEqual(expected));

  test.each(['bytes=1000-', 'bytes=1000-1000', 'bytes=5000-6000', 'bytes=-0', `bytes=${'9'.repeat(400)}-`])(
    'that lies outside is unsatisfiable: %s',
    (range) => expect(selected({ range })).toEqual({ kind: 'unsatisfiable' }),
  );

  test.each([
    ...['', ' ', 'bytes', 'bytes=', 'bytes=-', 'bytes=a-b', 'bytes=1', 'bytes=5-1', 'bytes=1-2-3'],
    ...['bytes 0-1', 'bytes:0-1', '0-1', 'lines=0-1', 'bytes=0x0-0xff', 'bytes=-1-', 'bytes=--1'],
    ...['bytes=+0-1', 'bytes=0.5-1', 'bytes=1e1-2e1', 'bytes=0 - 1', 'bytes=٠-١', 'xbytes=0-1', 'bytes=0-1;'],
  ])('that is malformed is as if it were not there: %j', (range) =>
    expect(selected({ range })).toEqual(WHOLE),
  );

  test.each([
    'bytes=0-0,1-1',
    'bytes=0-,0-',
    'bytes=0-1,',
    'bytes=,0-1',
    'bytes=-1,-1',
    'bytes=0-1, bytes=2-3',
  ])('that is one of several is as if it were not there: %s', (range) =>
    expect(selected({ range })).toEqual(WHOLE),
  );

  /** RFC 9110, section 14.1.2, spelled out over the bytes themselves. */
  function asked(first: number | undefined, last: number | undefined, size: number) {
    if (first === undefined && last === undefined) return WHOLE;
    if (first !== undefined && last !== undefined && last < first) return WHOLE;
    const bytes = Array.from({ length: size }, (_, index) => index);
    const wanted =
      first === undefined
        ? bytes.slice(size - Math.min(last ?? 0, size))
        : bytes.filter((at) => at >= first && at <= (last ?? size));
    const [start] = wanted;
    return start === undefined ? { kind: 'unsatisfiable' } : part(start, start + wanted.length - 1);
  }

  test('any two numbers give what they ask for', () => {
    const number = fc.oneof(fc.nat(40), fc.constant(undefined));
    fc.assert(
      fc.property(number, number, fc.integer({ min: 1, max: 30 }), (first, last, size) => {
        const range = `bytes=${first ?? ''}-${last ?? ''}`;
        expect(selected({ range }, size)).toEqual(asked(first, last, size));
      }),
      { numRuns: 1000 },
    );
  });

  test('whatever is sent never leads outside the file', () => {
    const pieces = fc.array(fc.constantFrom('bytes', '=', '-', ',', ' ', '0', '9', '10', 'x', '\t'), {
      maxLength: 9,
    });
    const range = fc.oneof(
      fc.string(),
      pieces.map((all) => all.join('')),
      pieces.map((all) => `bytes=${all.join('')}`),
    );
    fc.assert(
      fc.property(range, fc.integer({ min: 1, max: 12 }), (header, size) => {
        const selection = selected({ range: header }, size);
        if (selection.kind !== 'part') return;
        const { start, end } = selection.range;
        expect(start).toBeGreaterThanOrEqual(0);
        expect(end).toBeGreaterThanOrEqual(start);
        expect(end).toBeLessThan(size);
      }),
      { numRuns: 1000 },
    );
  });

  test('a thousand of them, or a header as long as one can be, cost nothing', () => {
    const headers = [
      `bytes=${Array.from({ length: 1000 }, (_, index) => `${index}-${index}`).join(',')}`,
      `bytes=${' '.repeat(16_000)}x`,
      `bytes=${'1'.repeat(16_000)}`,
      `bytes=${'-'.repeat(16_000)}`,
      `bytes=0-1${'\t'.repeat(16_000)}x`,
    ];
    const started = performance.now();
    for (const range of headers) expect(selected({ range })).toEqual(WHOLE);
    expect(performance.now() - started).toBeLessThan(50);
  });
});

describe('If-Range lets a range count only for the file it was meant for', () => {
  const range = 'bytes=0-1';
  test.each([
    ['the same', ETAG, part(0, 1)],
    ['another', '"theirs"', WHOLE],
    ['a weak one, which says nothing about bytes', `W/${ETAG}`, WHOLE],
    ['a date', 'Sat, 21 Nov 2026 08:00:00 GMT', WHOLE],
    ['a list, which it cannot be', `${ETAG}, "theirs"`, WHOLE],
    ['*, which it cannot be', '*', WHOLE],
  ])('%s', (_, ifRange, expected) => expect(selected({ range, 'if-range': ifRange })).toEqual(expected));

  test('and nothing without a range', () => expect(selected({ 'if-range': ETAG })).toEqual(WHOLE));

  test('a range outside the file is unsatisfiable only where it counts', () => {
    expect(selected({ range: 'bytes=1000-', 'if-range': '"theirs"' })).toEqual(WHOLE);
    expect(selected({ range: 'bytes=1000-', 'if-range': ETAG })).toEqual({ kind: 'unsatisfiable' });
  });
});

describe('If-None-Match', () => {
  test.each([
    ETAG,
    `W/${ETAG}`,
    '*',
    ` ${ETAG} `,
    `"theirs", ${ETAG}`,
    `"theirs",W/${ETAG}`,
    `${ETAG},"theirs"`,
  ])('knows the file: %s', (ifNoneMatch) =>
    expect(selected({ 'if-none-match': ifNoneMatch })).toEqual({ kind: 'not_modified' }),
  );

  test.each(['"theirs"', 'W/"theirs"', 'ours', '"ours', '', ',', '"OURS"', '"a", "b"', 'w/"ours"'])(
    'does not know it: %j',
    (ifNoneMatch) => expect(selected({ 'if-none-match': ifNoneMatch })).toEqual(WHOLE),
  );

  test('goes before a range', () => {
    expect(selected({ 'if-none-match': ETAG, range: 'bytes=0-1' })).toEqual({ kind: 'not_modified' });
    expect(selected({ 'if-none-match': '"theirs"', range: 'bytes=0-1' })).toEqual(part(0, 1));
  });
});

describe('If-Match', () => {
  test.each([ETAG, '*', `"theirs", ${ETAG}`])('holds: %s', (ifMatch) =>
    expect(selected({ 'if-match': ifMatch })).toEqual(WHOLE),
  );

  test.each(['"theirs"', `W/${ETAG}`, '', 'ours'])('fails: %j', (ifMatch) =>
    expect(selected({ 'if-match': ifMatch })).toEqual({ kind: 'precondition_failed' }),
  );

  test('goes before everything else', () => {
    const others = { 'if-none-match': ETAG, range: 'bytes=0-1', 'if-range': ETAG };
    expect(selected({ 'if-match': '"theirs"', ...others })).toEqual({ kind: 'precondition_failed' });
    expect(selected({ 'if-match': ETAG, ...others })).toEqual({ kind: 'not_modified' });
  });
});
