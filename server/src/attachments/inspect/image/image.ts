import { latin1 } from '../bytes.ts';
import { refuseAppended, refusePolyglot } from '../foreign.ts';
import type { RandomAccess, Warning } from '../inspection.ts';
import { Unfit } from '../unfit.ts';
import { gifEnd } from './gif.ts';
import { jpegEnd } from './jpeg.ts';
import { pngEnd } from './png.ts';

/** PDF readers look so far for the header. */
const PDF_HEADER = 1024;

export const checkPng = imageCheck('png', pngEnd);
export const checkJpeg = imageCheck('jpeg', jpegEnd);
export const checkGif = imageCheck('gif', gifEnd);

/** A check that walks an image from its header to its end and then asks whether any other reader would open it too. */
function imageCheck(family: string, findEnd: (file: RandomAccess) => Promise<number>) {
  return async (file: RandomAccess): Promise<Warning[]> => {
    const end = await findEnd(file);
    await refuseAppended(file, end, family);
    await refusePolyglot(file, family);
    if (latin1(await file.read(0, PDF_HEADER)).includes('%PDF-')) {
      throw new Unfit('content_ambiguous', `${family}: it is a pdf too`, { actual: 'pdf' });
    }
    return [];
  };
}
