import { type Finding, ScanFailed, type Scannable, type Scanner } from './scanner.ts';
import { largeTestFile, smallTestFile } from './test-file.ts';

/** Whether a scanner looks as far into files as we accept them. */
export type Coverage =
  | { answer: 'covers' }
  /** `silently`: it was seen to call a file clean that it had not looked through. `set` are lines for clamd.conf. */
  | { answer: 'too_small'; silently: boolean; set: string[] }
  /** `reason` is a sentence. */
  | { answer: 'unknown'; reason: string };

/**
 * Finds out, by test files as large as `maxFileSize` bytes, whether the limits of clamd cover what we accept. Throws
 * `ScannerUnavailable`.
 */
export async function probe(clamav: Scanner, maxFileSize: number, signal: AbortSignal): Promise<Coverage> {
  try {
    const look = async (file: Scannable) => (await clamav.scan(file, signal)).finding;
    if ((await look(smallTestFile())).verdict !== 'infected') {
      return { answer: 'unknown', reason: 'Its signatures do not know the test file of EICAR.' };
    }
    const findings: Finding[] = [];
    for (const place of ['first', 'last'] as const) {
      findings.push(await look(await largeTestFile(maxFileSize, place)));
    }
    if (findings.every(({ verdict }) => verdict === 'infected')) return { answer: 'covers' };
    const silently = findings.some(({ verdict }) => verdict === 'clean');
    return { answer: 'too_small', silently, set: limitsFor(maxFileSize) };
  } catch (error) {
    if (!(error instanceof ScanFailed)) throw error;
    return { answer: 'unknown', reason: `A test file could not be scanned: ${error.message}.` };
  }
}

const MiB = 1024 * 1024;

/** What clamd.conf has to say for files of `maxFileSize` bytes; an archive is scanned as itself and by its entries. */
export function limitsFor(maxFileSize: number): string[] {
  const most = Math.ceil(maxFileSize / MiB) + 2;
  return [
    `StreamMaxLength ${most}M`,
    `MaxFileSize ${most}M`,
    `MaxScanSize ${4 * most}M`,
    'AlertExceedsMax yes',
  ];
}
