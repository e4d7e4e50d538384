/** A line of a page: where its baseline begins, in points from the lower left corner, and how large it is. */
export interface PdfLine {
  text: string;
  left: number;
  bottom: number;
  size: number;
}

/** One A4 page of text in Helvetica (ISO 32000-1, 7.5: header, objects, cross-reference table, trailer). */
export function pdf(lines: PdfLine[]): Buffer {
  const content = ['BT', ...lines.map(show), 'ET'].join('\n');
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>',
  ];
  // The four high bytes of the comment tell transfer programs that the file is binary (7.5.2).
  let file = '%PDF-1.4\n%\xe2\xe3\xcf\xd3\n';
  const offsets = objects.map((object, index) => {
    const offset = file.length;
    file += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return offset;
  });
  const size = objects.length + 1;
  const table = ['0000000000 65535 f \n', ...offsets.map((offset) => `${digits(offset)} 00000 n \n`)].join(
    '',
  );
  const trailer = `trailer\n<< /Size ${size} /Root 1 0 R >>\nstartxref\n${file.length}\n%%EOF\n`;
  return Buffer.from(`${file}xref\n0 ${size}\n${table}${trailer}`, 'latin1');
}

function show({ text, left, bottom, size }: PdfLine): string {
  return `/F1 ${size} Tf 1 0 0 1 ${left} ${bottom} Tm (${text.replace(/[\\()]/g, '\\$&')}) Tj`;
}

function digits(offset: number): string {
  return String(offset).padStart(10, '0');
}
