import { isProgram } from '../../blocked-extensions.ts';
import { entryExtension } from '../archive/entry-names.ts';
import { inMemory } from '../bounds.ts';
import { latin1, startsWith } from '../bytes.ts';
import type { Warning } from '../inspection.ts';
import { otherProgram, windowsProgram } from '../programs.ts';
import { Unfit } from '../unfit.ts';
import { COMPOUND_SIGNATURE, type Compound, openCompound } from './compound.ts';

/** A packaged file is judged by its beginning; this is enough for its names and the header of a program. */
const PACKAGE_HEAD = 64 * 1024;

/** Storages and streams that make a VBA project, wherever they lie ([MS-OVBA] 2.2.1). */
export function hasVba(compound: Compound): boolean {
  return compound.entries.some((entry) => /\/(?:_VBA_PROJECT|VBA\/dir)$/i.test(entry.path));
}

/** Refuses a program that somebody put into a document as a package (the streams of class Ole10Native). */
export async function refusePackagedPrograms(compound: Compound): Promise<void> {
  for (const entry of compound.entries) {
    if (entry.isStream && entry.path.endsWith('/\x01Ole10Native'))
      refusePackagedProgram(await compound.open(entry).read(0, PACKAGE_HEAD));
  }
}

/** Judges an OLE object taken out of a document; what is no compound file holds nothing that runs. */
export async function checkObject(bytes: Uint8Array): Promise<Warning[]> {
  if (!startsWith(bytes, COMPOUND_SIGNATURE)) return [];
  const compound = await openCompound(inMemory(bytes)).catch(unreadable);
  if (!compound) return [];
  await refusePackagedPrograms(compound);
  return hasVba(compound) ? ['macros'] : [];
}

/** An object that no program can open either. */
function unreadable(error: unknown): undefined {
  if (error instanceof Unfit && error.code === 'content_damaged') return undefined;
  throw error;
}

/** The package: size, type, label, file name, 8 bytes, temporary path, then the file itself. */
function refusePackagedProgram(stream: Uint8Array): void {
  let at = 6;
  const text = () => {
    const end = stream.indexOf(0, at);
    const value = latin1(stream.subarray(at, end === -1 ? at : end));
    at = end === -1 ? stream.length : end + 1;
    return value;
  };
  const names = [text(), text()];
  at += 8;
  names.push(text());
  const blocked = names.map((name) => entryExtension(name.replaceAll('\\', '/'))).find(isProgram);
  const content = stream.subarray(at + 4);
  const actual = blocked ? `.${blocked}` : (windowsProgram(content) ?? otherProgram(content));
  if (actual) throw new Unfit('archive_blocked_entry', 'office: a packaged file is a program', { actual });
}
