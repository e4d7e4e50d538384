import { type Member, zip } from './zip.ts';

const MAIN = {
  docx: ['word/document.xml', 'wordprocessingml.document'],
  xlsx: ['xl/workbook.xml', 'spreadsheetml.sheet'],
  pptx: ['ppt/presentation.xml', 'presentationml.presentation'],
} as const;
const RELATIONS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';

/** A minimal Open XML document; `more` parts come behind its own, `types` into its content types, `mainType` replaces that of the main part. */
export function office(
  kind: keyof typeof MAIN,
  { more = [], types = '', mainType }: { more?: Member[]; types?: string; mainType?: string } = {},
): Buffer {
  const [part, type] = MAIN[kind];
  const contentType = mainType ?? `application/vnd.openxmlformats-officedocument.${type}.main+xml`;
  return zip([
    {
      name: '[Content_Types].xml',
      content: `<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/>${types}<Override PartName="/${part}" ContentType="${contentType}"/></Types>`,
    },
    { name: '_rels/.rels', content: relations(relation('officeDocument', part)) },
    { name: part, content: '<?xml version="1.0"?><x/>' },
    ...more,
  ]);
}

export function relations(...relationships: string[]): string {
  return `<Relationships>${relationships.join('')}</Relationships>`;
}

export function relation(type: string, target: string, mode = 'Internal'): string {
  return `<Relationship Id="r" Type="${RELATIONS}/${type}" Target="${target}" TargetMode="${mode}"/>`;
}
