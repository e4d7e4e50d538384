import type { Extension } from '../../policy.ts';
import { le16 } from '../bytes.ts';
import { refuseAppended, refuseDistantSignatures } from '../foreign.ts';
import type { RandomAccess, Warning } from '../inspection.ts';
import { Unfit } from '../unfit.ts';
import { type Compound, type CompoundEntry, openCompound } from './compound.ts';
import { hasVba, refusePackagedPrograms } from './ole-objects.ts';
import { checkPowerPoint } from './powerpoint.ts';

/** What an Open XML document with a password is ([MS-OFFCRYPTO] 2.3.4.4): nothing but its name says of what kind. */
const LOCKED = 'an encrypted Open XML document';
const OPEN_XML: Extension[] = ['docx', 'xlsx', 'pptx'];

/** The stream at the root that makes a compound file the document of one program. */
const KINDS: Record<string, string> = {
  '/WordDocument': 'doc',
  '/Workbook': 'xls',
  '/Book': 'xls',
  '/PowerPoint Document': 'ppt',
  '/EncryptedPackage': LOCKED,
  '/__properties_version1.0': 'an Outlook message',
  '/VisioDocument': 'a Visio drawing',
  '/Quill': 'a Publisher document',
};

/** How each program marks its own document as encrypted or with macros. */
const DETAILS: Record<string, (compound: Compound, main: CompoundEntry) => Promise<Warning[]>> = {
  doc: checkWord,
  xls: checkExcel,
  ppt: checkPowerPoint,
};

/** Judges a document of Word, Excel or PowerPoint up to 2003. */
export async function checkOle(file: RandomAccess, extension: Extension): Promise<Warning[]> {
  const compound = await openCompound(file);
  const { kind, main } = kindOf(compound);
  const isLocked = kind === LOCKED && OPEN_XML.includes(extension);
  if (kind !== extension && !isLocked)
    throw new Unfit('type_mismatch', `ole: it is ${kind}`, { actual: kind });
  if (compound.end - file.size > 4096) throw new Unfit('content_damaged', 'ole: the end is missing');
  await refuseAppended(file, compound.end, 'ole');
  await refuseDistantSignatures(file, 'ole');
  await refusePackagedPrograms(compound);

  const warnings: Warning[] = isLocked ? ['encrypted'] : ((await DETAILS[kind]?.(compound, main)) ?? []);
  if (hasVba(compound)) warnings.push('macros');
  if (compound.entries.some((entry) => /^\/(?:ObjectPool\/|MBD[0-9A-F]{8}$)/.test(entry.path)))
    warnings.push('embedded_files');
  return warnings;
}

function kindOf(compound: Compound): { kind: string; main: CompoundEntry } {
  const mains = compound.entries.flatMap((entry) => {
    const kind = KINDS[entry.path];
    return kind ? [{ kind, main: entry }] : [];
  });
  const [first] = mains;
  if (!first)
    throw new Unfit('type_mismatch', 'ole: no document of a known program', {
      actual: 'another compound file',
    });
  if (mains.some(({ kind }) => kind !== first.kind))
    throw new Unfit('content_ambiguous', 'ole: documents of two programs');
  return first;
}

/** The File Information Block ([MS-DOC] 2.5.1): its mark for Word 6 and later, and the encryption bit. */
async function checkWord(compound: Compound, main: CompoundEntry): Promise<Warning[]> {
  const fib = await compound.open(main).read(0, 12);
  if (![0xa5ec, 0xa5dc].includes(le16(fib, 0)))
    throw new Unfit('content_damaged', 'ole: the Word stream has no header');
  return le16(fib, 10) & 0x0100 ? ['encrypted'] : [];
}

/** [MS-XLS] 2.3. */
const END_OF_GLOBALS = 0x000a;
const FILE_PASS = 0x002f;
const BOUND_SHEET = 0x0085;
const BOF = [0x0809, 0x0409, 0x0209, 0x0009];

/** The records of the workbook globals ([MS-XLS] 2.1.7.20.3): FilePass means encrypted; a sheet of type 1 holds Excel 4 macros. */
async function checkExcel(compound: Compound, main: CompoundEntry): Promise<Warning[]> {
  const stream = compound.open(main);
  const warnings: Warning[] = [];
  for (let at = 0; at + 4 <= stream.size; ) {
    const record = await stream.read(at, 10);
    const type = le16(record, 0);
    if (at === 0 && !BOF.includes(type))
      throw new Unfit('content_damaged', 'ole: the Excel stream has no header');
    if (type === END_OF_GLOBALS) break;
    if (type === FILE_PASS) return [...warnings, 'encrypted'];
    if (type === BOUND_SHEET && record[9] === 1) warnings.push('macros');
    at += 4 + le16(record, 2);
  }
  return warnings;
}
