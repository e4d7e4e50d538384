import { be32, latin1, startsWith } from '../bytes.ts';
import type { RandomAccess } from '../inspection.ts';
import { Unfit } from '../unfit.ts';
import { checkPixels } from './pixels.ts';

const SIGNATURE = '\x89PNG\r\n\x1a\n';

/** Walks the chunks of a PNG (W3C PNG 3, 5) from IHDR to IEND. Resolves to where it ends. */
export async function pngEnd(file: RandomAccess): Promise<number> {
  const start = await file.read(0, 24);
  if (!startsWith(start, SIGNATURE)) throw new Unfit('type_mismatch', 'png: no signature');
  let hasData = false;
  for (let at = SIGNATURE.length; ; ) {
    const head = await file.read(at, 16);
    const type = latin1(head.subarray(4, 8));
    if (!/^[A-Za-z]{4}$/.test(type)) throw new Unfit('content_damaged', 'png: a chunk is broken or missing');
    if ((at === SIGNATURE.length) !== (type === 'IHDR'))
      throw new Unfit('content_damaged', 'png: the header is not first');
    if (type === 'IHDR') checkPixels(be32(head, 8), be32(await file.read(at + 12, 4), 0), 'png');
    hasData ||= type === 'IDAT';
    at += 12 + be32(head, 0);
    if (at > file.size) throw new Unfit('content_damaged', 'png: the end is missing');
    if (type !== 'IEND') continue;
    if (!hasData) throw new Unfit('content_damaged', 'png: it has no image');
    return at;
  }
}
