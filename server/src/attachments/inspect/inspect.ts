import { fileTypeFromBuffer } from 'file-type';
import { judgeFileName } from '../file-name.ts';
import { type Extension, mimeTypeOf } from '../policy.ts';
import type { Inspection, InspectionPolicy, RandomAccess } from './inspection.ts';

const HEAD = 4100;
const TEXT = new Set(['text/plain', 'text/csv']);
const COMPOUND = new Set(['doc', 'xls', 'ppt']);

/** Says what a file is by its name and its bytes, or why it is not accepted. */
export async function inspect(
  file: RandomAccess,
  name: string,
  policy: InspectionPolicy,
): Promise<Inspection> {
  const fileName = judgeFileName(name, policy);
  if (!fileName.accepted) return { ...fileName, rule: 'name' };
  const { extension } = fileName;
  const details = { file_name: fileName.name };
  if (file.size === 0) return { accepted: false, code: 'file_empty', details, rule: 'size' };

  const head = await file.read(0, HEAD);
  if (TEXT.has(mimeTypeOf(extension)) && !head.includes(0)) return accepted(extension, 'text');
  const detected = await fileTypeFromBuffer(head);
  if (detected && fits(extension, detected)) return accepted(extension, 'file-type');
  return {
    accepted: false,
    code: 'type_mismatch',
    details: { ...details, actual: detected?.mime ?? '' },
    rule: 'file-type',
  };
}

function fits(extension: Extension, detected: { ext: string; mime: string }): boolean {
  return COMPOUND.has(extension) ? detected.ext === 'cfb' : detected.mime === mimeTypeOf(extension);
}

function accepted(extension: Extension, rule: string): Inspection {
  return { accepted: true, mimeType: mimeTypeOf(extension), warnings: [], rule };
}
