import type { RefusalCode } from '../../refusals.ts';
import { sentence } from '../../refusals.ts';

export const MANIFEST = 'MANIFEST.txt';

/** A file that is in the archive, or why it is not. */
export interface ManifestEntry {
  /** As it is called in the archive. */
  name: string;
  /** As it is called on the ticket. */
  fileName: string;
  sha256: string;
  leftOut: RefusalCode | undefined;
}

/** What an archive holds and what it lacks, such that `sha256sum -c` takes it: all but the sums are comments. */
export function manifestOf(title: string, at: Date, entries: ManifestEntry[]): string {
  const there = entries.filter(({ leftOut }) => leftOut === undefined);
  const missing = entries.filter(({ leftOut }) => leftOut !== undefined);
  const renamed = there.filter(({ name, fileName }) => name !== fileName);
  return [
    `# ${title}`,
    `# ${at.toISOString()}. To check: sha256sum -c ${MANIFEST}`,
    ...there.map(({ sha256, name }) => `${sha256}  ${name}`),
    ...section('Files that have another name here', renamed, ({ name, fileName }) => `${name}: ${fileName}`),
    ...section('Left out', missing, ({ fileName, leftOut }) => `${fileName}: ${reason(leftOut, fileName)}`),
    '',
  ].join('\n');
}

function section(
  heading: string,
  entries: ManifestEntry[],
  line: (entry: ManifestEntry) => string,
): string[] {
  if (entries.length === 0) return [];
  return ['#', `# ${heading}:`, ...entries.map((entry) => `#   ${line(entry)}`)];
}

function reason(code: RefusalCode | undefined, file_name: string): string {
  return code ? `${code}. ${sentence(code, { file_name })}` : '';
}
