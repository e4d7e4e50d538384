import { pipeline, type Readable, Transform } from 'node:stream';

/**
 * The same bytes, and an error instead of an end where there are more or fewer of them than there should be: a
 * connection that breaks may look like an end. Whoever stops reading ends the request.
 */
export function whole(body: Readable, size: number): Readable {
  let seen = 0;
  const counting = new Transform({
    transform(chunk: Uint8Array, _, next) {
      seen += chunk.length;
      if (seen > size) next(new Error(`an object of ${size} bytes has more`));
      else next(null, chunk);
    },
    flush(next) {
      next(seen < size ? new Error(`an object of ${size} bytes ended after ${seen}`) : null);
    },
  });
  // Both ends hear of an error; who reads gets it from `counting`.
  pipeline(body, counting, () => {});
  return counting;
}
