import { latin1 } from '../bytes.ts';
import { refuseAppended, refusePolyglot } from '../foreign.ts';
import type { RandomAccess, Warning } from '../inspection.ts';
import { Unfit } from '../unfit.ts';
import { activeContent } from './pdf-scan.ts';

/** Readers look so far for the header (ISO 32000, annex on implementation limits of Acrobat). */
const HEAD = 1024;
const TAIL = 64 * 1024;
/** What may stand in front of the header: blanks, a byte order mark, and the lines of a printer job. */
const BEFORE = /^(?:[\0\s]|\xef\xbb\xbf|%-12345X|@PJL[^\r\n]*[\r\n])*$/;

/** Judges a PDF by its header, its end and what it would do when it is opened. */
export async function checkPdf(file: RandomAccess): Promise<Warning[]> {
  const head = latin1(await file.read(0, HEAD));
  const header = /%PDF-/.exec(head);
  if (!header) throw new Unfit('type_mismatch', 'pdf: no header');
  if (!BEFORE.test(head.slice(0, header.index).replaceAll('\x1b', ''))) {
    throw new Unfit('content_ambiguous', 'pdf: other data in front of the header');
  }
  const end = await endOf(file);
  await refuseAppended(file, end, 'pdf');
  await refusePolyglot(file, 'pdf');
  return activeContent(file);
}

/** Behind the last end mark, which follows the place of the cross-reference table (ISO 32000 7.5.5). */
async function endOf(file: RandomAccess): Promise<number> {
  const start = Math.max(0, file.size - TAIL);
  const tail = latin1(await file.read(start, TAIL));
  const mark = tail.lastIndexOf('%%EOF');
  if (mark === -1) throw new Unfit('content_damaged', 'pdf: the end is missing');
  if (!/startxref\s+\d+\s*$/.test(tail.slice(Math.max(0, mark - 64), mark))) {
    throw new Unfit('content_damaged', 'pdf: the place of the cross-reference table is missing');
  }
  return start + mark + '%%EOF'.length;
}
