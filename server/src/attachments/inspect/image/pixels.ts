import { LIMITS } from '../limits.ts';
import { Unfit } from '../unfit.ts';

/** Holds the dimensions that an image's header states to the limit, before anything decodes it. */
export function checkPixels(width: number, height: number, family: string): void {
  if (width === 0 || height === 0) throw new Unfit('content_damaged', `${family}: it has no width or height`);
  if (width * height > LIMITS.pixels) {
    throw new Unfit('image_too_large', `${family}: too many pixels`, {
      limit: LIMITS.pixels,
      actual: width * height,
    });
  }
}
