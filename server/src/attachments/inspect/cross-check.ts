import { fileTypeFromBuffer } from 'file-type';
import { type Extension, mimeTypeOf } from '../policy.ts';
import type { RandomAccess } from './inspection.ts';
import { Unfit } from './unfit.ts';

/** As much as `file-type` asks of a file by default. */
const HEAD = 4100;
/** What `file-type` calls files that are fine under these extensions, apart from their own type. */
const ALSO: Partial<Record<Extension, string>> = {
  doc: 'application/x-cfb',
  xls: 'application/x-cfb',
  ppt: 'application/x-cfb',
  png: 'image/apng',
};
/** `file-type` knows no texts, and of Open XML less than its main part says. */
const UNKNOWN: ReadonlySet<Extension> = new Set(['txt', 'csv', 'docx', 'xlsx', 'pptx']);

/** A second opinion by another author's rules: refuses what `file-type` knows to be something else. */
export async function crossCheck(file: RandomAccess, extension: Extension): Promise<void> {
  if (UNKNOWN.has(extension)) return;
  const actual = await detect(file);
  if (actual === undefined || actual === mimeTypeOf(extension) || actual === ALSO[extension]) return;
  throw new Unfit('type_mismatch', 'file-type: it is of another type', { actual });
}

/** The MIME type that `file-type` sees, if any. */
export async function detect(file: RandomAccess): Promise<string | undefined> {
  return (await fileTypeFromBuffer(await file.read(0, HEAD)))?.mime;
}
