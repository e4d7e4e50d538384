import { closeSync, fstatSync, ftruncateSync, openSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';

const LARGEST = 10 * 1024 * 1024; // bytes
const CHECK_EVERY = 60_000; // ms

/** PostgreSQL's own log of this run: `home/log`; the run before is kept as `home/log.previous`. */
export class ServerLog {
  readonly descriptor: number;
  readonly #path: string;
  readonly #check: NodeJS.Timeout;

  constructor(home: string) {
    this.#path = join(home, 'log');
    keepPrevious(this.#path);
    this.descriptor = openSync(this.#path, 'a', 0o600);
    this.#check = setInterval(() => this.#bound(), CHECK_EVERY).unref();
  }

  /** The last lines, for an error that must say why. */
  tail(lines = 15): string {
    return readFileSync(this.#path, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
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
