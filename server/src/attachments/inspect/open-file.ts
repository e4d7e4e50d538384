import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import type { RandomAccess } from './inspection.ts';

/**
 * Opens a file for inspection. Reads block their thread: this belongs into a worker, where it is
 * several times faster than asynchronous reads. Throws where the path is no regular file.
 */
export function openFile(path: string): RandomAccess & { close(): void } {
  // Without O_NONBLOCK, opening a FIFO would wait for a writer for ever.
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
  const stat = fstatSync(descriptor);
  if (!stat.isFile()) {
    closeSync(descriptor);
    throw new Error('Only a regular file can be inspected.');
  }
  return {
    size: stat.size,
    async read(offset, length, memory) {
      const wanted = Math.max(0, Math.min(length, stat.size - offset));
      const bytes =
        memory && memory.length >= wanted ? memory.subarray(0, wanted) : Buffer.allocUnsafeSlow(wanted);
      let done = 0;
      while (done < bytes.length) {
        const read = readSync(descriptor, bytes, done, bytes.length - done, offset + done);
        if (read === 0) break;
        done += read;
      }
      return bytes.subarray(0, done);
    },
    close: () => closeSync(descriptor),
  };
}
