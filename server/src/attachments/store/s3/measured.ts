import { type Readable, Transform } from 'node:stream';
import { unavailable } from './faults.ts';

/**
 * The same bytes, and an error instead of an end where there are more or fewer of them than there should be: a
 * connection that breaks may look like an end. Whoever stops reading ends the request.
 */
export function whole(body: Readable, size: number): Readable {
  let seen = 0;
  const counting = new Transform({
    transform(chunk: Uint8Array, _, next) {
      seen += chunk.length;
      if (seen > size) next(unavailable(new Error(`an object of ${size} bytes has more`)));
      else next(null, chunk);
    },
    flush(next) {
      next(seen < size ? unavailable(new Error(`an object of ${size} bytes ended after ${seen}`)) : null);
    },
  });
  // Not a pipeline, which would tell the reader of a broken connection in the words of the network.
  body.on('error', (cause) => counting.destroy(unavailable(cause)));
  body.on('aborted', () => counting.destroy(unavailable(new Error('the connection broke'))));
  counting.on('close', () => body.destroy());
  return body.pipe(counting);
}
