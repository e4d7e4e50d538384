import { crc32, deflateRawSync } from 'node:zlib';
import { EICAR } from '../../src/attachments/scan/test-file.ts';

export { EICAR };

const MiB = 1024 * 1024;

/** It in everything that people send: name, and how the bytes are made. */
export const EICAR_VARIANTS: Record<string, () => Buffer> = {
  'eicar.txt': () => EICAR,
  'eicar.csv': () => Buffer.concat([EICAR, Buffer.from('\r\n')]),
  'eicar.zip': () => zipOf([['eicar.com', EICAR]]),
  'stored.zip': () => zipOf([['eicar.com', EICAR]], 0),
  'nested.zip': () => zipOf([['a.zip', zipOf([['eicar.com', EICAR]])]]),
  'eight-deep.zip': () => nested(8),
  'eicar.docx': docx,
  'eicar.pdf': pdf,
  'head-of-30-mib.txt': () => Buffer.concat([EICAR, Buffer.alloc(30 * MiB, 'A')]),
  'tail-of-30-mib.txt': () => Buffer.concat([Buffer.alloc(30 * MiB, 'A'), EICAR]),
};

function nested(depth: number): Buffer {
  return depth === 0 ? zipOf([['eicar.com', EICAR]]) : zipOf([['a.zip', nested(depth - 1)]]);
}

function docx(): Buffer {
  const types = 'http://schemas.openxmlformats.org/package/2006/content-types';
  const relations = 'http://schemas.openxmlformats.org/package/2006/relationships';
  const document = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument';
  const main = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml';
  return zipOf([
    [
      '[Content_Types].xml',
      `<?xml version="1.0"?><Types xmlns="${types}"><Default Extension="xml" ContentType="application/xml"/><Default Extension="bin" ContentType="application/octet-stream"/><Override PartName="/word/document.xml" ContentType="${main}"/></Types>`,
    ],
    [
      '_rels/.rels',
      `<?xml version="1.0"?><Relationships xmlns="${relations}"><Relationship Id="r1" Type="${document}" Target="word/document.xml"/></Relationships>`,
    ],
    [
      'word/document.xml',
      '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body/></w:document>',
    ],
    ['word/embeddings/oleObject1.bin', EICAR],
  ]);
}

function pdf(): Buffer {
  const objects = [
    '1 0 obj<</Type/Catalog/Pages 2 0 R/Names<</EmbeddedFiles<</Names[(a)4 0 R]>>>>>>endobj',
    '2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj',
    '4 0 obj<</Type/Filespec/F(a.com)/EF<</F 5 0 R>>>>endobj',
    `5 0 obj<</Type/EmbeddedFile/Length ${EICAR.length}>>stream\n`,
  ];
  return Buffer.concat([
    Buffer.from(`%PDF-1.4\n${objects.join('\n')}`),
    EICAR,
    Buffer.from('\nendstream endobj\ntrailer<</Root 1 0 R>>\nstartxref\n0\n%%EOF'),
  ]);
}

/** A zip; `method` 0 stores, 8 deflates. */
export function zipOf(entries: [name: string, content: Buffer | string][], method: 0 | 8 = 8): Buffer {
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of entries) {
    const plain = Buffer.from(content);
    const data = method ? deflateRawSync(plain) : plain;
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(method, 4);
    common.writeUInt16LE(33, 8); // the first of January 1980
    common.writeUInt32LE(crc32(plain), 10);
    common.writeUInt32LE(data.length, 14);
    common.writeUInt32LE(plain.length, 18);
    common.writeUInt16LE(name.length, 22);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    const file = Buffer.concat([Buffer.from('PK\x03\x04'), common, Buffer.from(name), data]);
    directory.push(Buffer.from('PK\x01\x02\x14\x00', 'latin1'), common, place, Buffer.from(name));
    files.push(file);
    offset += file.length;
  }
  const listed = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(entries.length, 4);
  end.writeUInt16LE(entries.length, 6);
  end.writeUInt32LE(listed.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...files, listed, Buffer.from('PK\x05\x06'), end]);
}
