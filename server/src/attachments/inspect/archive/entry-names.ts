import { isMacroDocument, isProgram, isScript } from '../../blocked-extensions.ts';
import type { Warning } from '../inspection.ts';
import { Unfit } from '../unfit.ts';

const ARCHIVES = new Set([
  'zip',
  '7z',
  'rar',
  'gz',
  'tgz',
  'bz2',
  'tbz2',
  'xz',
  'txz',
  'zst',
  'tar',
  'arj',
  'lzh',
  'ace',
  'z',
]);

/**
 * Judges the names in an archive as whoever unpacks it will use them: nothing outside the folder, no name
 * twice, no program. `family` starts the rule's name.
 */
export function judgeEntryNames(names: readonly string[], family: 'zip' | '7z'): Warning[] {
  const seen = new Set<string>();
  const warnings = new Set<Warning>();
  for (const name of names) {
    const fault = nameFault(name);
    if (fault) throw new Unfit('archive_unsafe', `${family}: an entry ${fault}`);
    const path = name.replaceAll('\\', '/').normalize('NFC');
    if (seen.has(path)) throw new Unfit('archive_unsafe', `${family}: two entries have the same name`);
    seen.add(path);

    if (path.endsWith('/')) continue;
    const extension = entryExtension(path);
    if (isProgram(extension)) {
      // The files of a 7z are not seen here, so that their names prove nothing: who lets 7z in lets programs in.
      if (family === 'zip') {
        throw new Unfit('archive_blocked_entry', 'zip: an entry is a program', { actual: `.${extension}` });
      }
      warnings.add('programs_inside');
    }
    if (isScript(extension)) warnings.add('scripts_inside');
    if (isMacroDocument(extension)) warnings.add('macros');
    if (ARCHIVES.has(extension)) warnings.add('nested_archives');
  }
  return [...warnings];
}

function nameFault(name: string): string | undefined {
  if (name === '') return 'has no name';
  if (name.includes('\0')) return 'has a NUL in its name';
  if (/^(?:[/\\]|[a-z]:)/i.test(name)) return 'names an absolute path';
  if (name.split(/[/\\]/).some((part) => part.trim() === '..')) return 'climbs out of its folder';
  return undefined;
}

/** Lower case, empty where there is none; judged as for uploads: after NFKC, without what has no ink and without trailing dots and blanks. */
export function entryExtension(path: string): string {
  const name = path
    .slice(path.lastIndexOf('/') + 1)
    .normalize('NFKC')
    .replace(/[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu, '')
    .replace(/[.\s]+$/u, '');
  const dot = name.lastIndexOf('.');
  return dot === -1 ? '' : name.slice(dot + 1).toLowerCase();
}
