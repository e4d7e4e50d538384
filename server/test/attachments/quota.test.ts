import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Limits } from '../../src/attachments/index.ts';
import { type Ledger, refuseOnTicket, refusePace, refuseStaged } from '../../src/attachments/quota.ts';

const limits: fc.Arbitrary<Limits> = fc.record({
  maxFileSize: fc.integer({ min: 1, max: 100 }),
  maxFilesPerTicket: fc.integer({ min: 1, max: 12 }),
  maxTotalSizePerTicket: fc.integer({ min: 1, max: 200 }),
  uploadsPerMinute: fc.integer({ min: 1, max: 12 }),
  concurrentUploads: fc.integer({ min: 1, max: 5 }),
  maxStagedFiles: fc.integer({ min: 1, max: 12 }),
  maxStagedSize: fc.integer({ min: 1, max: 200 }),
  maxDescriptionLength: fc.constant(500),
  types: fc.constant([]),
});
const ledger: fc.Arbitrary<Ledger> = fc.record({ files: fc.nat(15), size: fc.nat(250) });
const more: fc.Arbitrary<Ledger> = fc.record({ files: fc.integer({ min: 1, max: 4 }), size: fc.nat(120) });

describe.each([
  {
    place: 'a ticket',
    refuse: refuseOnTicket,
    most: (of: Limits) => ({ files: of.maxFilesPerTicket, size: of.maxTotalSizePerTicket }),
    codes: ['ticket_files_exceeded', 'ticket_size_exceeded'],
  },
  {
    place: 'one person’s staged files',
    refuse: refuseStaged,
    most: (of: Limits) => ({ files: of.maxStagedFiles, size: of.maxStagedSize }),
    codes: ['staged_files_exceeded', 'staged_size_exceeded'],
  },
])('the quota of $place', ({ refuse, most, codes }) => {
  test('takes exactly what stays within both limits, and says which one does not', () => {
    fc.assert(
      fc.property(ledger, more, limits, (held, next, of) => {
        const { files, size } = most(of);
        const code = refuse(held, next, of)?.code;
        if (held.files + next.files > files) expect(code).toBe(codes[0]);
        else if (held.size + next.size > size) expect(code).toBe(codes[1]);
        else expect(code).toBeUndefined();
      }),
    );
  });

  test('is never exceeded by taking one after the other what it lets through', () => {
    fc.assert(
      fc.property(fc.array(more, { maxLength: 30 }), limits, (wanted, of) => {
        const held = { files: 0, size: 0 };
        for (const next of wanted) {
          if (refuse(held, next, of)) continue;
          held.files += next.files;
          held.size += next.size;
        }
        expect(held.files).toBeLessThanOrEqual(most(of).files);
        expect(held.size).toBeLessThanOrEqual(most(of).size);
      }),
    );
  });

  test('refuses no less where more is held, more is wanted, or less is allowed', () => {
    fc.assert(
      fc.property(ledger, more, limits, ledger, (held, next, of, extra) => {
        if (!refuse(held, next, of)) return;
        const plus = (one: Ledger) => ({ files: one.files + extra.files, size: one.size + extra.size });
        expect(refuse(plus(held), next, of)).toBeDefined();
        expect(refuse(held, plus(next), of)).toBeDefined();
        const less = {
          ...of,
          maxFilesPerTicket: of.maxFilesPerTicket - extra.files,
          maxTotalSizePerTicket: of.maxTotalSizePerTicket - extra.size,
          maxStagedFiles: of.maxStagedFiles - extra.files,
          maxStagedSize: of.maxStagedSize - extra.size,
        };
        expect(refuse(held, next, less)).toBeDefined();
      }),
    );
  });

  test('names the limit that was met', () => {
    fc.assert(
      fc.property(ledger, more, limits, (held, next, of) => {
        const refusal = refuse(held, next, of);
        if (!refusal) return;
        const { files, size } = most(of);
        expect(refusal.details.limit).toBe(refusal.code === codes[0] ? files : size);
        expect(refusal.message).not.toMatch(/[{}]/);
      }),
    );
  });
});

describe('the pace of one person', () => {
  const pace = fc.record({
    started: fc.nat(15),
    open: fc.nat(8),
    secondsToNext: fc.double({ min: -5, max: 70, noNaN: true }),
  });

  test('lets nobody start while a slot or a place in the minute is missing', () => {
    fc.assert(
      fc.property(pace, limits, (now, of) => {
        const code = refusePace(now, of)?.code;
        if (now.open >= of.concurrentUploads) expect(code).toBe('upload_slots_exceeded');
        else if (now.started >= of.uploadsPerMinute) expect(code).toBe('upload_rate_exceeded');
        else expect(code).toBeUndefined();
      }),
    );
  });

  test('says after how many whole seconds, within the minute, another try makes sense', () => {
    fc.assert(
      fc.property(pace, limits, (now, of) => {
        const refusal = refusePace(now, of);
        if (!refusal) return;
        const after = refusal.details.retry_after ?? 0;
        expect(Number.isInteger(after)).toBe(true);
        expect(after).toBeGreaterThanOrEqual(1);
        expect(after).toBeLessThanOrEqual(60);
        if (refusal.code === 'upload_rate_exceeded' && now.secondsToNext <= 60) {
          expect(after).toBeGreaterThanOrEqual(now.secondsToNext);
        }
      }),
    );
  });
});
