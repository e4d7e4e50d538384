import type { IncomingMessage } from 'node:http';
import { PassThrough, type Readable } from 'node:stream';

/** The body of a request, up to where it ends, breaks, or is told to end: whoever reads it keeps what came. */
export interface Body {
  /** Begins to read. */
  read(): Readable;
  /** Ends it within so many milliseconds, if it has not ended by then. */
  endWithin(milliseconds: number): void;
  /** Lets go of the request. */
  release(): void;
}

/** Ends by itself, too, where no byte comes for `silenceSeconds`. */
export function bodyOf(request: IncomingMessage, silenceSeconds: number): Body {
  const bytes = new PassThrough({ highWaterMark: 512 * 1024 });
  const timers: NodeJS.Timeout[] = [];

  function end(): void {
    request.unpipe(bytes);
    bytes.end();
  }

  return {
    read() {
      const silence = setTimeout(end, silenceSeconds * 1000);
      timers.push(silence);
      request.on('data', () => silence.refresh());
      // A line that breaks is an error of the request, and the end of its bytes.
      request.once('error', end).once('close', end);
      if (request.destroyed) end();
      else request.pipe(bytes);
      return bytes;
    },
    endWithin: (milliseconds) => void timers.push(setTimeout(end, milliseconds)),
    release: () => timers.forEach(clearTimeout),
  };
}
