import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Scannable, type Scanner, ScannerUnavailable } from '../../src/attachments/scan/scanner.ts';
import { scannable, unaborted } from '../support/scannable.ts';

export interface ScannerUnderTest {
  scanner: Scanner;
  /** The like of `scanner`, with nobody at the other end. */
  away: Scanner;
  /** The like of `scanner`, whose other end takes everything and never answers. */
  hung: Scanner;
  clean: Uint8Array;
  infected: Uint8Array;
  unscannable: Uint8Array;
  /** Whether it reads files at all. */
  reads: boolean;
  close(): Promise<void>;
}

/** What `Scanner` promises, for any implementation. */
export function scannerContract(open: () => Promise<ScannerUnderTest>): void {
  let under: ScannerUnderTest;
  beforeAll(async () => {
    under = await open();
  });
  afterAll(() => under?.close());

  const scan = (bytes: Uint8Array, more?: Partial<Scannable>) =>
    under.scanner.scan(scannable(bytes, more), unaborted);

  describe('looks into a file', () => {
    test('and says clean of one without malware', async () => {
      expect((await scan(under.clean)).finding).toEqual({ verdict: 'clean' });
    });

    test('and says by what it is infected', async () => {
      const { finding } = await scan(under.infected);
      expect(finding).toEqual({ verdict: 'infected', signature: expect.stringMatching(/\w/) });
    });

    test('and says why it cannot', async () => {
      const { finding } = await scan(under.unscannable);
      expect(finding).toEqual({ verdict: 'unscannable', reason: expect.stringMatching(/^\w.*\w$/) });
    });

    test('and says who looked, and at how much', async () => {
      const { engine, bytes } = await scan(under.clean);
      expect(engine).toEqual({
        name: expect.stringMatching(/\w/),
        version: expect.stringMatching(/\w/),
        signatures: expect.any(String),
        signaturesAt: engine.signaturesAt === null ? null : expect.any(Date),
      });
      expect(bytes).toBe(under.reads ? under.clean.length : 0);
    });

    test('many at once, each for itself', async () => {
      const all = await Promise.all(
        Array.from({ length: 4 }, (_, i) => scan(i % 2 === 0 ? under.clean : under.infected)),
      ).catch((error: unknown) => {
        if (under.reads) throw error;
        return []; // VirusTotal may be asked four times a minute
      });
      for (const [i, { finding }] of all.entries()) {
        expect(finding.verdict).toBe(i % 2 === 0 ? 'clean' : 'infected');
      }
    });
  });

  test('throws that nobody looked when nobody is there', async () => {
    const file = scannable(under.clean);
    await expect(under.away.scan(file, unaborted)).rejects.toThrow(ScannerUnavailable);
    expect(file.opened).toEqual([]);
    if (under.reads) await expect(under.away.engine()).rejects.toThrow(ScannerUnavailable);
  });

  test('throws that nobody looked when nobody answers', async () => {
    await expect(under.hung.scan(scannable(under.clean), unaborted)).rejects.toThrow(ScannerUnavailable);
  });

  test('ends at once, with the reason, when it is told to', async () => {
    const enough = new AbortController();
    const reason = new Error('enough');
    const scanning = under.hung.scan(scannable(under.clean), enough.signal);
    const started = performance.now();
    enough.abort(reason);
    await expect(scanning).rejects.toBe(reason);
    expect(performance.now() - started).toBeLessThan(700);
    await expect(under.scanner.scan(scannable(under.clean), enough.signal)).rejects.toBe(reason);
  });

  test('hands on what the reading of the file throws, as it is', async () => {
    if (!under.reads) return;
    const broken = new Error('the disk is broken');
    const file = scannable(under.clean, {
      read: async () => {
        throw broken;
      },
    });
    await expect(under.scanner.scan(file, unaborted)).rejects.toBe(broken);

    const halfway = scannable(under.clean);
    const read = async () => {
      const stream = await halfway.read();
      stream.once('data', () => stream.destroy(broken)).pause();
      return stream;
    };
    await expect(under.scanner.scan({ ...halfway, read }, unaborted)).rejects.toBe(broken);
  });

  test('leaves no file open', async () => {
    for (const bytes of [under.clean, under.infected, under.unscannable]) {
      const file = scannable(bytes);
      await under.scanner.scan(file, unaborted).catch(() => {});
      expect(file.opened.every((stream) => stream.destroyed)).toBe(true);
    }
  });
}
