import { buffer } from 'node:stream/consumers';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createClamav, limitsFor, probe } from '../../../src/attachments/index.ts';
import { ScannerUnavailable } from '../../../src/attachments/scan/scanner.ts';
import { EICAR, largeTestFile } from '../../../src/attachments/scan/test-file.ts';
import { startClamd, withClamd } from '../../support/clamd.ts';
import { after, type Behaviour, fakeClamd, scanning } from '../../support/fake-clamd.ts';
import { unaborted } from '../../support/scannable.ts';
import { unzip } from '../../support/zip.ts';

const MB = 1024 * 1024;
/** What /etc/clamav/clamd.conf says after the installation. */
const DEBIAN = ['StreamMaxLength 25M', 'MaxFileSize 25M', 'MaxScanSize 100M', 'AlertExceedsMax no'];

describe.runIf(withClamd)('Debian’s clamd', () => {
  const coverage = async (limits: string[], maxFileSize: number) => {
    const clamd = await startClamd(limits);
    onTestFinished(clamd.close);
    return probe(createClamav({ path: clamd.socket }), maxFileSize, unaborted);
  };

  test('with the limits that are told covers our files', async () => {
    expect(await coverage(limitsFor(50 * MB), 50 * MB)).toEqual({ answer: 'covers' });
  });

  test('with the limits it comes with takes no file of 50 MB', async () => {
    expect(await coverage(DEBIAN, 50 * MB)).toEqual({
      ...{ answer: 'too_small', silently: false },
      set: ['StreamMaxLength 52M', 'MaxFileSize 52M', 'MaxScanSize 208M', 'AlertExceedsMax yes'],
    });
  });

  test('with the limits it comes with covers files of 20 MB', async () => {
    expect(await coverage(DEBIAN, 20 * MB)).toEqual({ answer: 'covers' });
  });

  test.each([
    ['MaxFileSize', ['StreamMaxLength 52M', 'MaxFileSize 25M', 'MaxScanSize 208M']],
    ['MaxScanSize', ['StreamMaxLength 52M', 'MaxFileSize 52M', 'MaxScanSize 25M']],
  ])('with a %s that is too small calls clean what it has not looked through', async (_, limits) => {
    expect(await coverage(limits, 50 * MB)).toMatchObject({ answer: 'too_small', silently: true });
    const told = await coverage([...limits, 'AlertExceedsMax yes'], 50 * MB);
    expect(told).toMatchObject({ answer: 'too_small', silently: false });
  });
});

describe('a clamd that', () => {
  const coverage = async (behaviour: Behaviour) => {
    const clamd = await fakeClamd(behaviour);
    onTestFinished(clamd.close);
    return probe(createClamav(clamd.address, { version: 200, silence: 200, file: 1000 }), 1 * MB, unaborted);
  };

  test('knows no test signature cannot be judged', async () => {
    expect(await coverage(scanning(after('stream: OK\0')))).toMatchObject({ answer: 'unknown' });
  });

  test('fails cannot be judged', async () => {
    expect(await coverage(scanning(after('')))).toMatchObject({ answer: 'unknown' });
  });

  test('is away is unavailable', async () => {
    await expect(coverage((socket) => socket.destroy())).rejects.toThrow(ScannerUnavailable);
  });
});

test.each(['first', 'last'] as const)(
  'the large test file is a zip of its size, with it %s',
  async (place) => {
    const file = await largeTestFile(3 * MB, place);
    const bytes = await buffer(await file.read());
    expect([file.size, bytes.length]).toEqual([3 * MB, 3 * MB]);
    const entries = [...(await unzip(bytes))];
    expect(entries.map(([name]) => name)).toEqual(
      place === 'first' ? ['test.com', 'zeros.bin'] : ['zeros.bin', 'test.com'],
    );
    expect(entries.at(place === 'first' ? 0 : 1)?.[1].content).toEqual(EICAR);
  },
);
