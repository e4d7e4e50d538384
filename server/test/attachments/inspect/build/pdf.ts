import { deflateSync } from 'node:zlib';

/** A PDF of these objects, in the order given, with a table and an end that fit. */
export function pdf(objects: string[] = [], trailer = ''): Buffer {
  const all = ['<< /Type /Catalog /Pages 2 0 R >>', '<< /Type /Pages /Kids [] /Count 0 >>', ...objects];
  let body = '%PDF-1.7\n%\xe2\xe3\xcf\xd3\n';
  const offsets = all.map((object, i) => {
    const offset = body.length;
    body += `${i + 1} 0 obj\n${object}\nendobj\n`;
    return offset;
  });
  const rows = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  const table = `xref\n0 ${all.length + 1}\n0000000000 65535 f \n${rows}`;
  const end = `trailer\n<< /Size ${all.length + 1} /Root 1 0 R ${trailer} >>\nstartxref\n${body.length}\n%%EOF\n`;
  return Buffer.from(body + table + end, 'latin1');
}

/** A stream object; `length` is what it states of itself. */
export function stream(content: Buffer, dictionary = '', length: number | string = content.length): string {
  return `<< /Length ${length} ${dictionary} >>\nstream\n${content.toString('latin1')}\nendstream`;
}

/** An object stream (ISO 32000 7.5.7) of one object. */
export function objectStream(object: string): string {
  return stream(
    deflateSync(Buffer.from(`9 0 ${object}`)),
    '/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode',
  );
}
