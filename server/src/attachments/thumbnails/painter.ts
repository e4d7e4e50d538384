import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Answer, Task } from './painting.ts';

/** Longest that one picture may take, its bytes' way included, in milliseconds. */
const TIME_LIMIT = 10_000;
/** What the process may allocate, in KiB: V8 alone sets 600 MB aside, and 100 megapixels of GIF need as much again. */
const MEMORY_LIMIT = 1_536 * 1024;
const HEAP_MB = 96;

/** No thumbnail came of a picture: it cannot be decoded, or the process died over it, which may not be its fault. */
export class Unpaintable extends Error {
  readonly why: 'undecodable' | 'died';
  constructor(why: 'undecodable' | 'died', message: string) {
    super(message);
    this.name = 'Unpaintable';
    this.why = why;
  }
}

export interface Painter {
  /**
   * The thumbnail of a picture of `size` bytes, as WebP; one at a time. Throws `Unpaintable`, and whatever breaks the
   * stream.
   */
  paint(picture: Readable, size: number): Promise<Uint8Array>;
  close(): void;
}

/** Decodes in one process, which is started when it is needed and replaced when it dies or hangs. */
export function createPainter({
  program = new URL('./painting.ts', import.meta.url),
  timeLimit = TIME_LIMIT,
}: {
  program?: URL;
  timeLimit?: number;
} = {}): Painter {
  let running: ChildProcess | undefined;

  function ready(): ChildProcess {
    if (running) return running;
    const started = start(program);
    started.on('exit', () => gone(started));
    running = started;
    return started;
  }

  function gone(child: ChildProcess): void {
    if (running === child) running = undefined;
  }

  function end(child: ChildProcess): void {
    gone(child);
    child.kill('SIGKILL');
  }

  function paint(picture: Readable, size: number): Promise<Uint8Array> {
    const child = ready();
    return new Promise<Uint8Array>((resolve, reject) => {
      const lose = (error: Error) => {
        end(child);
        finish();
        reject(error);
      };
      const exited = () => lose(new Unpaintable('died', 'the process died'));
      const answered = (answer: Answer) => {
        finish();
        if ('thumbnail' in answer) resolve(answer.thumbnail);
        else reject(new Unpaintable('undecodable', answer.undecodable));
      };
      const late = () => lose(new Unpaintable('died', `it took longer than ${timeLimit} ms`));
      const timer = setTimeout(late, timeLimit);
      const finish = () => {
        clearTimeout(timer);
        child.off('message', answered).off('exit', exited).off('error', lose);
        picture.destroy();
      };
      child.on('message', answered).on('exit', exited).on('error', lose);
      // Half a picture in its input is no use to the process.
      picture.once('error', lose);
      child.send({ size } satisfies Task, (error) => error && exited());
      if (child.stdin) picture.pipe(child.stdin, { end: false });
    });
  }

  return { paint, close: () => running && end(running) };
}

function start(program: URL): ChildProcess {
  const limited = ['-c', 'ulimit -d "$0" 2>/dev/null; exec "$@"', String(MEMORY_LIMIT)];
  const node = [process.execPath, `--max-old-space-size=${HEAP_MB}`, fileURLToPath(program)];
  const child = spawn('/bin/sh', [...limited, ...node], {
    env: {},
    stdio: ['pipe', 'ignore', 'ignore', 'ipc'],
    serialization: 'advanced',
  });
  // That it died is heard of by 'exit'.
  child.stdin?.on('error', () => {});
  child.on('error', () => {});
  // An idle one keeps nobody from ending.
  child.unref();
  child.channel?.unref();
  return child;
}
