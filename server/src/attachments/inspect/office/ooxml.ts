import type { Extension } from '../../policy.ts';
import { Allowance } from '../archive/allowance.ts';
import { canUnpack, unpack } from '../archive/unpack.ts';
import { openZip } from '../archive/zip.ts';
import type { PlacedEntry } from '../archive/zip-layout.ts';
import { startsWith } from '../bytes.ts';
import type { RandomAccess, Warning } from '../inspection.ts';
import { LIMITS } from '../limits.ts';
import { Unfit } from '../unfit.ts';
import { COMPOUND_SIGNATURE } from './compound.ts';
import { checkOle } from './ole.ts';
import { type ContentTypes, checkPart, refuseMacros } from './ooxml-parts.ts';
import { decodeXml, type XmlElement, xmlElements } from './xml.ts';

type Parts = ReadonlyMap<string, PlacedEntry>;

const OFFICE = 'application/vnd.openxmlformats-officedocument';
/** The content type of the main part (ECMA-376 part 1) of what each extension promises. */
const MAIN_TYPES: Partial<Record<Extension, string>> = {
  docx: `${OFFICE}.wordprocessingml.document.main+xml`,
  xlsx: `${OFFICE}.spreadsheetml.sheet.main+xml`,
  pptx: `${OFFICE}.presentationml.presentation.main+xml`,
};

/** Judges a document of Word, Excel or PowerPoint since 2007: a package (ECMA-376 part 2) of that program, without macros. */
export async function checkOoxml(file: RandomAccess, extension: Extension): Promise<Warning[]> {
  // Encrypted documents are compound files, and so are those of older versions under a new name.
  if (startsWith(await file.read(0, 8), COMPOUND_SIGNATURE)) return checkOle(file, extension);

  const allowance = new Allowance(file.size);
  const { entries } = await openZip(file, allowance);
  if (!entries.every(canUnpack))
    throw new Unfit('content_damaged', 'office: a part is packed as no office program does');
  const parts: Parts = new Map(entries.map((entry) => [partName(entry), entry]));
  if (parts.size < entries.length) throw new Unfit('content_ambiguous', 'office: two parts of one name');
  const types = await readContentTypes(file, parts);
  for (const name of parts.keys()) refuseMacros(name, types);
  await checkMainPart(file, parts, types, extension);

  const warnings: Warning[] = [];
  for (const [name, entry] of parts) warnings.push(...(await checkPart(file, name, entry, types, allowance)));
  return warnings;
}

/** Part names compare without case (ECMA-376 part 2, 6.2.2); old .NET writes them with backslashes. */
function partName(entry: PlacedEntry): string {
  return `/${entry.name.toLowerCase().replaceAll('\\', '/')}`;
}

async function readContentTypes(file: RandomAccess, parts: Parts): Promise<ContentTypes> {
  const types = new Map<string, string>();
  for (const { name, attributes } of await readXml(file, parts, '/[content_types].xml')) {
    const key = name === 'Override' ? attributes.PartName : `.${attributes.Extension}`;
    types.set(key?.toLowerCase() ?? '', attributes.ContentType ?? '');
  }
  return (part) => types.get(part) ?? types.get(part.slice(part.lastIndexOf('.'))) ?? '';
}

async function checkMainPart(
  file: RandomAccess,
  parts: Parts,
  types: ContentTypes,
  extension: Extension,
): Promise<void> {
  const relations = (await readXml(file, parts, '/_rels/.rels')).filter(({ attributes }) =>
    attributes.Type?.endsWith('/relationships/officeDocument'),
  );
  const mains = new Set(
    relations.map(({ attributes }) => `/${attributes.Target?.replace(/^\/+/, '').toLowerCase()}`),
  );
  if (mains.size > 1) throw new Unfit('content_ambiguous', 'office: two main parts');
  const [main = ''] = mains;
  if (!parts.has(main))
    throw new Unfit('type_mismatch', 'office: no main part', { actual: 'another package' });
  const actual = types(main);
  if (actual !== MAIN_TYPES[extension])
    throw new Unfit('type_mismatch', 'office: the main part is of another type', { actual });
}

async function readXml(file: RandomAccess, parts: Parts, name: string): Promise<XmlElement[]> {
  const entry = parts.get(name);
  if (!entry) throw new Unfit('type_mismatch', `office: no part ${name}`, { actual: 'another kind of zip' });
  if (entry.size > LIMITS.directory)
    throw new Unfit('document_unsafe', 'office: a huge part', { actual: `a huge ${name}` });
  const pieces: Buffer[] = [];
  for await (const piece of unpack(file, entry)) pieces.push(piece);
  return [...xmlElements(decodeXml(Buffer.concat(pieces)))];
}
