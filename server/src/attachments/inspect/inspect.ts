import { judgeFileName } from '../file-name.ts';
import { type Extension, mimeTypeOf } from '../policy.ts';
import { checkSevenZip } from './archive/sevenzip.ts';
import { checkZip } from './archive/zip.ts';
import { bounded } from './bounds.ts';
import { crossCheck, detect } from './cross-check.ts';
import { checkGif, checkJpeg, checkPng } from './image/image.ts';
import type { Inspection, InspectionPolicy, RandomAccess, Warning } from './inspection.ts';
import { checkOle } from './office/ole.ts';
import { checkOoxml } from './office/ooxml.ts';
import { checkPdf } from './pdf/pdf.ts';
import { checkText } from './text/text.ts';
import { Unfit } from './unfit.ts';

type Check = (file: RandomAccess, extension: Extension) => Promise<Warning[]>;

const CHECKS: Record<Extension, Check> = {
  pdf: checkPdf,
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
  '7z': checkSevenZip,
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
  const content = bounded(file);
  try {
    return await inspectContent(content, fileName.extension);
  } catch (error) {
    if (!(error instanceof Unfit)) throw error;
    const actual =
      error.code === 'type_mismatch' ? (error.details.actual ?? (await detect(content))) : undefined;
    const details = { ...error.details, ...(actual !== undefined && { actual }), file_name: fileName.name };
    return { accepted: false, code: error.code, details, rule: error.rule };
  }
}

async function inspectContent(file: RandomAccess, extension: Extension): Promise<Inspection> {
  if (file.size === 0) throw new Unfit('file_empty', 'size');
  const warnings = new Set(await CHECKS[extension](file, extension));
  await crossCheck(file, extension);
  return { accepted: true, mimeType: mimeTypeOf(extension), warnings: [...warnings].sort(), rule: extension };
}
