import { expect, test } from 'vitest';
import { progressLine, sizeOf } from '../../src/cli/progress.ts';

test('progress is a bar, with rate and time left', () => {
  expect(progressLine(120, 240, 4, 12)).toBe('[######------] 120 of 240, 30.0 a second, 4 s left');
  expect(progressLine(0, 0, 0, 4)).toBe('[####] 0 of 0, 0.0 a second');
});

test('bytes are told in their units, and long times in minutes and hours', () => {
  const gb = 1024 ** 3;
  expect(progressLine(gb, 4 * gb, 20, 4, 'bytes')).toBe(
    '[#---] 1.0 GB of 4.0 GB, 51.2 MB a second, 60 s left',
  );
  expect(progressLine(1, 11, 60, 0)).toContain('10 min left');
  expect(progressLine(1, 186, 60, 0)).toContain('3 h 5 min left');
});

test.each([
  [0, '0 bytes'],
  [1023, '1023 bytes'],
  [1024, '1.0 KB'],
  [5.5 * 1024 ** 5, '5632.0 TB'],
])('%d bytes are %s', (bytes, size) => expect(sizeOf(bytes)).toBe(size));
