import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Answer, Task } from './painting.ts';

/** Longest that one picture may take, its bytes' way included, in milliseconds. */
const TIME_LIMIT = 10_000;
/** A process that has not come up by then will not. */
const START_LIMIT = 20_000;
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

interface Process {
  child: ChildProcess;
  /** Rejects when it does not come up, which is no picture's fault. */
  up: Promise<void>;
}

/** Decodes in one process, which is started when it is needed and replaced when it dies or hangs. */
export function createPainter({
  program = new URL('./painting.ts', import.meta.url),
  timeLimit = TIME_LIMIT,
}: {
  program?: URL;
  timeLimit?: number;
} = {}): Painter {
  let running: Process | undefined;

  function ready(): Process {
    if (running) return running;
    const started = start(program);
    started.child.on('exit', () => gone(started.child));
    running = started;
    return started;
  }

  function gone(child: ChildProcess): void {
    if (running?.child === child) running = undefined;
  }

  function end(child: ChildProcess): void {
    gone(child);
    child.kill('SIGKILL');
  }

  function paint(picture: Readable, size: number): Promise<Uint8Array> {
    const { child, up } = ready();
    return new Promise<Uint8Array>((resolve, reject) => {
      let timer: NodeJS.Timeout | undefined;
      const finish = () => {
        clearTimeout(timer);
        child.off('message', answered).off('exit', exited);
        picture.destroy();
      };
      const lose = (error: Error) => {
        end(child);
        finish();
        reject(error);
      };
      const exited = () => lose(new Unpaintable('died', 'the process died'));
      const late = () => lose(new Unpaintable('died', `it took longer than ${timeLimit} ms`));
      const answered = (answer: Answer) => {
        finish();
        if ('thumbnail' in answer) resolve(answer.thumbnail);
        else reject(new Unpaintable('undecodable', answer.undecodable));
      };
      const begin = () => {
        if (picture.destroyed) return;
        timer = setTimeout(late, timeLimit);
        child.on('message', answered).on('exit', exited);
        child.send({ size } satisfies Task, (error) => error && exited());
        if (child.stdin) picture.pipe(child.stdin, { end: false });
      };
      // Half a picture in its input is no use to the process.
      picture.once('error', lose);
      up.then(begin, lose);
    });
  }

  return { paint, close: () => running && end(running.child) };
}

function start(program: URL): Process {
  const limited = ['-c', 'ulimit -d "$0" 2>/dev/null; exec "$@"', String(MEMORY_LIMIT)];
  const node = [process.execPath, `--max-old-space-size=${HEAP_MB}`, fileURLToPath(program)];
  const child = spawn('/bin/sh', [...limited, ...node], {
    env: {},
    stdio: ['pipe', 'ignore', 'ignore', 'ipc'],
    serialization: 'advanced',
  });
  // That it died is heard of by 'exit'.
  child.stdin?.on('error', () => {});
  // An idle one keeps nobody from ending.
  child.unref();
  child.channel?.unref();
  return { child, up: isUp(child) };
}

function isUp(child: ChildProcess): Promise<void> {
  const up = new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), START_LIMIT);
    timer.unref();
    child.once('message', () => {
      clearTimeout(timer);
      resolve();
    });
    child.once('exit', () => reject(new Error('the process that makes thumbnails did not come up')));
    child.on('error', reject);
  });
  // Whoever waits for it hears of it.
  up.catch(() => {});
  return up;
}
