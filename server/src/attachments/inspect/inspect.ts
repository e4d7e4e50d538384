import { fileTypeFromBuffer } from 'file-type';
import { judgeFileName } from '../file-name.ts';
import { type Extension, mimeTypeOf } from '../policy.ts';
import { bounded } from './bounds.ts';
import { checkGif, checkJpeg, checkPng } from './image.ts';
import type { Inspection, InspectionPolicy, RandomAccess, Warning } from './inspection.ts';
import { checkOle } from './ole.ts';
import { checkOoxml } from './ooxml.ts';
import { checkText } from './text.ts';
import { Unfit } from './unfit.ts';
import { checkZip } from './zip.ts';

type Check = (file: RandomAccess, extension: Extension) => Promise<Warning[]>;

const CHECKS: Partial<Record<Extension, Check>> = {
  doc: checkOle,
  xls: checkOle,
  ppt: checkOle,
  docx: checkOoxml,
  xlsx: checkOoxml,
  pptx: checkOoxml,
  txt: checkText,
  csv: checkText,
  jpg: checkJpeg,
  jpeg: checkJpeg,
  png: checkPng,
  gif: checkGif,
  zip: checkZip,
};

/**
 * Says what a file is by its name and its bytes, or why it is not accepted. The extension says what
 * to expect; the structure must be exactly that.
 */
export async function inspect(
  file: RandomAccess,
  name: string,
  policy: InspectionPolicy,
): Promise<Inspection> {
  const fileName = judgeFileName(name, policy);
  if (!fileName.accepted) return { ...fileName, rule: 'name' };
  try {
    return await inspectContent(bounded(file), fileName.extension);
  } catch (error) {
    if (!(error instanceof Unfit)) throw error;
    const details = { ...error.details, file_name: fileName.name };
    return { accepted: false, code: error.code, details, rule: error.rule };
  }
}

async function inspectContent(file: RandomAccess, extension: Extension): Promise<Inspection> {
  if (file.size === 0) throw new Unfit('file_empty', 'size');
  const check = CHECKS[extension] ?? checkMagic;
  const warnings = new Set(await check(file, extension));
  return { accepted: true, mimeType: mimeTypeOf(extension), warnings: [...warnings].sort(), rule: extension };
}

async function checkMagic(file: RandomAccess, extension: Extension): Promise<Warning[]> {
  const detected = await fileTypeFromBuffer(await file.read(0, 4100));
  if (detected?.mime !== mimeTypeOf(extension)) throw new Unfit('type_mismatch', 'file-type');
  return [];
}
