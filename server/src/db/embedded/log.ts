import { closeSync, fstatSync, ftruncateSync, openSync, readSync, renameSync } from 'node:fs';
import { join } from 'node:path';

const LARGEST = 10 * 1024 * 1024; // bytes
const CHECK_EVERY = 60_000; // ms
const TAIL = 4096; // bytes

/** PostgreSQL's own log of this run: `home/log`; the run before is kept as `home/log.previous`. */
export class ServerLog {
  readonly descriptor: number;
  readonly #check: NodeJS.Timeout;

  constructor(home: string) {
    const path = join(home, 'log');
    keepPrevious(path);
    this.descriptor = openSync(path, 'ax+', 0o600); // as root, never through a link that somebody laid
    this.#check = setInterval(() => this.#bound(), CHECK_EVERY).unref();
  }

  /** The last lines, for an error that must say why. */
  tail(): string {
    const { size } = fstatSync(this.descriptor);
    const bytes = Buffer.alloc(Math.min(size, TAIL));
    readSync(this.descriptor, bytes, 0, bytes.length, size - bytes.length);
    return bytes.toString().trimEnd().split('\n').slice(-15).join('\n');
  }

  close(): void {
    clearInterval(this.#check);
    closeSync(this.descriptor);
  }

  /** Whoever appends to a file that was cut goes on at its new end. */
  #bound(): void {
    if (fstatSync(this.descriptor).size > LARGEST) ftruncateSync(this.descriptor);
  }
}

function keepPrevious(path: string): void {
  try {
    renameSync(path, `${path}.previous`);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
}
