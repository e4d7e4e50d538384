import { describe, expect, test } from 'vitest';
import { check, extensionOf, isLikeOneOf, limitsOf } from '../../src/attachments/checks.ts';
import { fileOf, POLICY } from './fakes.ts';

const limits = limitsOf(POLICY);
const nothing = { files: 0, bytes: 0 };

describe('the checks before an upload', () => {
  test.each([
    ['a type that is not taken', 'tool.exe', 10, nothing, 'type_not_allowed'],
    ['no extension at all', 'README', 10, nothing, 'type_not_allowed'],
    ['an empty file', 'a.pdf', 0, nothing, 'file_empty'],
    ['one byte too many', 'a.pdf', 1001, nothing, 'file_too_large'],
    ['one file too many', 'a.pdf', 10, { files: 5, bytes: 50 }, 'ticket_files_exceeded'],
    ['one byte too many together', 'a.pdf', 500, { files: 3, bytes: 2501 }, 'ticket_size_exceeded'],
  ])('refuse %s with the code of the server', (_, name, size, standing, code) => {
    expect(check({ name, size }, limits, standing)?.code).toBe(code);
  });

  test('let a file go that meets every limit exactly', () => {
    expect(check({ name: 'A.PDF', size: 1000 }, limits, { files: 4, bytes: 2000 })).toBeNull();
  });

  test('name the limit and what the file has', () => {
    expect(check({ name: 'a.pdf', size: 1001 }, limits, nothing)).toMatchObject({
      limit: 1000,
      actual: 1001,
      fileName: 'a.pdf',
    });
  });

  test('take the narrower of the page and the server, never the wider', () => {
    expect(limitsOf(POLICY, 500).maxFileSize).toBe(500);
    expect(limitsOf(POLICY, 5000).maxFileSize).toBe(1000);
    expect(limitsOf(POLICY, undefined, ['image/*']).extensions).toEqual(['png', 'jpg']);
    expect(limitsOf(POLICY, undefined, ['.PDF', 'text/csv', '.exe']).extensions).toEqual(['pdf', 'csv']);
  });

  test('see the extension as the server does', () => {
    expect(extensionOf('a.tar.GZ')).toBe('gz');
    expect(extensionOf('report．pdf')).toBe('pdf');
    expect(extensionOf('report.pdf. ')).toBe('pdf');
    expect(extensionOf('.pdf')).toBe('');
  });

  test('tell a file just like another by name and size, however its accents are written', () => {
    const others = [{ name: 'é.pdf'.normalize('NFD'), size: 10 }];
    expect(isLikeOneOf(fileOf('é.pdf'.normalize('NFC')), others)).toBe(true);
    expect(isLikeOneOf(fileOf('e.pdf'), others)).toBe(false);
    expect(isLikeOneOf(fileOf('é.pdf', 'other content'), others)).toBe(false);
  });
});
