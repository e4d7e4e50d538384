import { randomUUID } from 'node:crypto';
import type { Parts } from '../parts.ts';
import type { SpooledFile } from '../spool.ts';
import type { Segment } from './segments.ts';

/** Milliseconds after which an upload that has paused gives back the disk that its half-made file takes. */
const IDLE = 60_000;

interface Begun {
  /** Where the next piece has to begin. */
  end: number;
  add(segment: Segment): void;
  /** All pieces are there. */
  close(): void;
  giveUp(): void;
  /** Undefined where it came to nothing. */
  file: Promise<SpooledFile | undefined>;
}

export type Assembly = ReturnType<typeof createAssembly>;

/**
 * A name in the spool for what an upload's pieces make, or for one of them, at each try another: two requests may write
 * for one upload, where the first has lost its lock and does not know. `upkeep/spool.ts` knows the ending.
 */
export function spoolName(uploadId: string, kind: 'whole' | 'piece'): string {
  return `${uploadId}.${kind}-${randomUUID()}`;
}

/**
 * Puts pieces together while the next are still to come, so that the last one is not waited for: a file that came to
 * this process piece by piece is whole, and hashed, a moment after its end. What came elsewhere, or before a restart, is
 * put together from the store.
 */
export function createAssembly({ stores, spool, log }: Pick<Parts, 'stores' | 'spool' | 'log'>) {
  const begun = new Map<string, Begun>();

  /** A piece that is durable. One that does not go on where the last ended is left for later. */
  function add(segment: Segment, length: number): void {
    const { uploadId, position, size } = segment;
    if (position === 0 && size < length) begun.set(uploadId, begin(uploadId, length));
    const one = begun.get(uploadId);
    if (one?.end !== position) return;
    one.end += size;
    one.add(segment);
  }

  function begin(uploadId: string, length: number): Begun {
    const segments: Segment[] = [];
    let more = nextWord();
    const idle = setTimeout(() => drop(uploadId), IDLE);
    idle.unref();

    async function* bytes(): AsyncGenerator<Uint8Array> {
      for (;;) {
        for (let one = segments.shift(); one; one = segments.shift())
          yield* await stores.at(one).read(one.key);
        if (!(await more.promise) && segments.length === 0) return;
      }
    }
    const file = spool
      .receive(spoolName(uploadId, 'whole'), bytes(), length)
      .catch((error: Error) => {
        if (error !== GIVEN_UP)
          log.warn({ err: error, upload: uploadId }, 'pieces were not put together ahead');
        return undefined;
      })
      .finally(() => clearTimeout(idle));
    return {
      end: 0,
      file,
      add(segment) {
        segments.push(segment);
        idle.refresh();
        more.resolve(true);
        more = nextWord();
      },
      close: () => more.resolve(false),
      giveUp: () => more.reject(GIVEN_UP),
    };
  }

  /** The whole file, where all of its pieces came by here; its caller puts it away. */
  async function take(uploadId: string, length: number): Promise<SpooledFile | undefined> {
    const one = begun.get(uploadId);
    if (one?.end !== length) {
      await drop(uploadId);
      return undefined;
    }
    begun.delete(uploadId);
    one.close();
    return one.file;
  }

  /** Lets go of what was made so far. */
  async function drop(uploadId: string): Promise<void> {
    const one = begun.get(uploadId);
    begun.delete(uploadId);
    one?.giveUp();
    await one?.file;
  }

  return {
    add,
    take,
    drop,
    async close(): Promise<void> {
      await Promise.all([...begun.keys()].map(drop));
    },
  };
}

const GIVEN_UP = new Error('it was given up');

/** Whether there is more to come; rejects where nobody wants it any more, which whoever reads the store hears later. */
function nextWord(): PromiseWithResolvers<boolean> {
  const word = Promise.withResolvers<boolean>();
  word.promise.catch(() => {});
  return word;
}
