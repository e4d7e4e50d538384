import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createClamav } from '../../../src/attachments/index.ts';
import { ScanFailed } from '../../../src/attachments/scan/scanner.ts';
import { scannerContract } from '../../contracts/scanner.ts';
import { type Clamd, startClamd, withClamd } from '../../support/clamd.ts';
import { EICAR, EICAR_VARIANTS } from '../../support/eicar.ts';
import { fakeClamd } from '../../support/fake-clamd.ts';
import { scannable, unaborted } from '../../support/scannable.ts';

const MiB = 1024 * 1024;

describe.runIf(withClamd)('Debian’s clamd', () => {
  describe('keeps the contract', () => {
    scannerContract(async () => {
      const clamd = await startClamd(['StreamMaxLength 2M', 'MaxFileSize 1M', 'AlertExceedsMax yes']);
      const hung = await fakeClamd(() => {});
      return {
        scanner: createClamav({ path: clamd.socket }),
        away: createClamav({ path: join(tmpdir(), 'nobody.sock') }),
        hung: createClamav(hung.address, { version: 1000, silence: 1000, file: 1000 }),
        clean: randomBytes(300_000),
        infected: EICAR,
        unscannable: Buffer.alloc(1.5 * MiB),
        reads: true,
        close: async () => void (await Promise.all([clamd.close(), hung.close()])),
      };
    });
  });

  describe('set as docs/operating.md says', () => {
    let clamd: Clamd;
    beforeAll(async () => {
      clamd = await startClamd();
    });
    afterAll(() => clamd?.close());
    const scan = (bytes: Uint8Array) =>
      createClamav({ path: clamd.socket }).scan(scannable(bytes), unaborted);

    test.each(Object.entries(EICAR_VARIANTS))('finds the test signature in %s', async (_, make) => {
      const { finding, bytes } = await scan(make());
      expect(finding).toEqual({ verdict: 'infected', signature: 'Docket.Test.Eicar.UNOFFICIAL' });
      expect(bytes).toBe(make().length);
    });

    test('takes a file of 50 MB, and an empty one', async () => {
      expect((await scan(randomBytes(50 * MiB))).finding).toEqual({ verdict: 'clean' });
      expect((await scan(Buffer.of())).finding).toEqual({ verdict: 'clean' });
    });

    test('says what is larger than it takes, however its end of the connection goes away', async () => {
      for (let i = 0; i < 3; i++) {
        expect((await scan(Buffer.alloc(80 * MiB))).finding).toEqual({
          verdict: 'unscannable',
          reason: 'larger than the scanner accepts',
        });
      }
    });

    test('killed in the middle of a file has failed at it, and scans it when it is back', async () => {
      const scanner = createClamav({ path: clamd.socket });
      const file = scannable(Buffer.alloc(40 * MiB, 'A'));
      let read = 0;
      const scanning = scanner.scan(
        {
          ...file,
          async read() {
            const stream = await file.read();
            stream.on('data', (piece: Buffer) => {
              read += piece.length;
              if (read > 20 * MiB) void clamd.kill();
            });
            return stream.pause();
          },
        },
        unaborted,
      );
      await expect(scanning).rejects.toThrow(ScanFailed);
      await expect(scanner.scan(file, unaborted)).rejects.toThrow('clamd does not answer');
      await clamd.start();
      expect((await scanner.scan(file, unaborted)).finding).toEqual({ verdict: 'clean' });
    });
  });
});
