import { expect, test } from 'vitest';
import { splitName } from '../../src/attachments/file-name.ts';

test('a long name keeps its extension and the letters before it in sight', () => {
  expect(splitName('quarterly-report-2026-final.pdf')).toEqual({
    head: 'quarterly-report-2026',
    tail: '-final.pdf',
  });
});

test('a short name is cut nowhere but before its extension', () => {
  expect(splitName('invoice.pdf')).toEqual({ head: 'invoice', tail: '.pdf' });
  expect(splitName('README')).toEqual({ head: 'README', tail: '' });
  expect(splitName('.htaccess')).toEqual({ head: '.htaccess', tail: '' });
});

test('emoji and letters with marks are never torn', () => {
  const family = '👨‍👩‍👧';
  const { head, tail } = splitName(`${'a'.repeat(14)}${family.repeat(8)}.png`);
  expect(tail).toBe(`${family.repeat(6)}.png`);
  expect(head).toBe(`${'a'.repeat(14)}${family.repeat(2)}`);
});

test('a name read from right to left keeps its stem in one piece', () => {
  const stem = 'דוח רבעוני 2026 גרסה סופית';
  expect(splitName(`${stem}.pdf`)).toEqual({ head: stem, tail: '.pdf' });
});

test('the pieces always make the name', () => {
  for (const name of ['a', '', '.', 'a.b.c.d', 'x'.repeat(300), 'no-extension-but-a-very-long-stem-indeed']) {
    const { head, tail } = splitName(name);
    expect(head + tail).toBe(name);
  }
});
