import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The shared sample corpus; DOCKET_TEST_CORPUS points elsewhere. */
export const CORPUS =
  process.env.DOCKET_TEST_CORPUS ?? join(import.meta.dirname, '../../../../../shared/corpus');

export interface Sample {
  path: string;
  extension: string;
  expected: 'accept' | 'reject' | 'policy';
}

/** Whether the corpus is there. On a user's machine its tests are skipped aloud; CI must have it. */
export function corpusIsThere(): boolean {
  if (existsSync(join(CORPUS, 'manifest.tsv'))) return true;
  if (process.env.CI === 'true') throw new Error(`The sample corpus is missing at ${CORPUS}.`);
  console.warn(`SKIPPED: no sample corpus at ${CORPUS}; set DOCKET_TEST_CORPUS to test against it.`);
  return false;
}

export function samples(): Sample[] {
  return rows('manifest.tsv').map(([path = '', extension = '', , expected = '']) => {
    if (expected !== 'accept' && expected !== 'reject' && expected !== 'policy')
      throw new Error(`manifest: ${path}`);
    return { path, extension, expected };
  });
}

export function sampleNames(): { name: string; expected: string; why: string }[] {
  return rows('filenames.tsv').map(([json = '', expected = '', why = '']) => ({
    name: String(JSON.parse(json)),
    expected,
    why,
  }));
}

function rows(file: string): string[][] {
  const lines = readFileSync(join(CORPUS, file), 'utf8').trimEnd().split('\n');
  return lines.slice(1).map((line) => line.split('\t'));
}
