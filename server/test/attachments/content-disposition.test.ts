import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contentDisposition } from '../../src/attachments/content-disposition.ts';
import { judgeFileName } from '../../src/attachments/file-name.ts';
import { EVERY_TYPE } from '../../src/attachments/policy.ts';
import { parseContentDisposition as parse } from '../support/content-disposition.ts';
import { corpusIsThere, sampleNames } from './inspect/corpus.ts';

describe('Content-Disposition', () => {
  it('carries an ASCII form beside the whole name', () => {
    expect(contentDisposition('résumé "50%".pdf', 'attachment')).toBe(
      `attachment; filename="resume _50__.pdf"; filename*=UTF-8''r%C3%A9sum%C3%A9%20%2250%25%22.pdf`,
    );
    expect(contentDisposition('a.png', 'inline')).toBe("inline; filename=a.png; filename*=UTF-8''a.png");
  });

  it('gives back any string, and never holds a line break or a byte outside ASCII', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.constantFrom('attachment', 'inline'), (name, type) => {
        const header = contentDisposition(name, type);
        expect(header).toMatch(/^[ -~]*$/);
        expect(parse(header)).toMatchObject({ type, extended: name.toWellFormed() });
        expect(parse(header).plain).toMatch(/^[ -~]*$/);
      }),
      { numRuns: 2000 },
    );
  });

  it.runIf(corpusIsThere())('gives back every accepted sample name', () => {
    for (const { name: raw } of sampleNames()) {
      const judged = judgeFileName(raw, { types: EVERY_TYPE });
      if (judged.accepted)
        expect(parse(contentDisposition(judged.name, 'attachment')).extended).toBe(judged.name);
    }
  });
});
