import type { Allowance } from '../archive/allowance.ts';
import { unpack } from '../archive/unpack.ts';
import { checkNested } from '../archive/zip.ts';
import { isZip } from '../archive/zip-directory.ts';
import type { PlacedEntry } from '../archive/zip-layout.ts';
import { inMemory } from '../bounds.ts';
import { startsWith } from '../bytes.ts';
import type { RandomAccess, Warning } from '../inspection.ts';
import { LIMITS } from '../limits.ts';
import { otherProgram, windowsProgram } from '../programs.ts';
import { Unfit } from '../unfit.ts';
import { COMPOUND_SIGNATURE } from './compound.ts';
import { checkObject } from './ole-objects.ts';
import { decodeXml, doctypeFinder, xmlElements } from './xml.ts';

/** The content type of a part, by its lower-case name. */
export type ContentTypes = (part: string) => string;

const MACRO_TYPES = /macroenabled|vbaproject|vbadata|macrosheet/i;
const MACRO_RELATIONS = /\/(?:vbaProject|wordVbaData|xlMacrosheet|xlIntlMacrosheet)$/i;
const EMBEDDING_RELATIONS = /\/(?:oleObject|package|control|aFChunk)$/i;

/** Refuses a part that holds macros by its name or content type. Types of parts that are not there mean nothing. */
export function refuseMacros(name: string, types: ContentTypes): void {
  if (name.endsWith('vbaproject.bin')) throw macros('a part');
  if (MACRO_TYPES.test(types(name))) throw macros('a content type');
}

function macros(where: string): Unfit {
  return new Unfit('macros_not_allowed', `office: ${where} stands for macros`);
}

/** Unpacks a part to its end, which proves its size and checksum, and judges what it holds. */
export async function checkPart(
  file: RandomAccess,
  name: string,
  entry: PlacedEntry,
  types: ContentTypes,
  allowance: Allowance,
): Promise<Warning[]> {
  const isRelations = name.endsWith('.rels');
  const isXml = isRelations || /\.(?:xml|vml)$/.test(name) || /(?<!svg)\+xml$/.test(types(name));
  if (!isXml) return checkBinaryPart(file, entry, allowance);

  let refuseDoctype: ((piece: Buffer) => void) | undefined;
  const relations: Buffer[] = [];
  for await (const piece of unpack(file, entry)) {
    refuseDoctype ??= doctypeFinder(piece);
    refuseDoctype(piece);
    if (isRelations && entry.size <= LIMITS.directory) relations.push(piece);
  }
  return checkRelations(name, decodeXml(Buffer.concat(relations)));
}

/** Relationships say what a part leads to (ECMA-376 part 2, 9.3); hyperlinks are what people click and are no news. */
function checkRelations(name: string, text: string): Warning[] {
  const warnings: Warning[] = [];
  for (const { attributes } of xmlElements(text)) {
    const type = attributes.Type ?? '';
    if (MACRO_RELATIONS.test(type)) throw macros('a relationship');
    if (attributes.TargetMode?.toLowerCase() === 'external') {
      if (!type.endsWith('/hyperlink')) warnings.push('external_links');
    } else if (EMBEDDING_RELATIONS.test(type) && !name.includes('/charts/')) {
      // The workbook behind a chart is a package too, but nobody put it there as a file.
      warnings.push('embedded_files');
    }
  }
  return warnings;
}

async function checkBinaryPart(
  file: RandomAccess,
  entry: PlacedEntry,
  allowance: Allowance,
): Promise<Warning[]> {
  let head: Buffer | undefined;
  const pieces: Buffer[] = [];
  for await (const piece of unpack(file, entry)) {
    head ??= piece;
    const isContainer = isZip(head) || startsWith(head, COMPOUND_SIGNATURE);
    if (isContainer && entry.size <= LIMITS.nestedSize) pieces.push(piece);
  }
  const actual = head && (windowsProgram(head) ?? otherProgram(head));
  if (actual) throw new Unfit('archive_blocked_entry', 'office: a part is a program', { actual });
  if (pieces.length === 0) return [];
  const bytes = Buffer.concat(pieces);
  if (!isZip(bytes)) return checkObject(bytes);
  const found = await checkNested(inMemory(bytes), allowance, 2);
  if (found.includes('macros')) throw macros('an embedded document');
  return [];
}
