import { statfs } from 'node:fs/promises';
import { Refusal } from '../refusals.ts';

/** Room is claimed so many bytes at a time: few questions to the disk, and little that a slow client keeps from others. */
const STEP = 1024 * 1024;

/** What one upload has claimed of the disk and not yet written. */
export interface RoomClaim {
  /** Resolves when the first `size` bytes of the file are claimed. Throws `storage_full`. */
  cover(size: number): Promise<void>;
  /** The first `size` bytes are on the disk, which counts them itself now. */
  written(size: number): void;
  /** Gives back what was not written. */
  end(): void;
}

/** The disk is asked at most this often, in milliseconds; between, what we write ourselves is taken off its answer. */
const FRESH = 50;

/** The free bytes of a folder's disk, of which `reserve` stay free however many uploads write at once. */
export function createRoom(folder: string, reserve: number) {
  let claimed = 0;
  let spent = 0;
  let asked: Promise<number> | undefined;

  /** Throws `storage_full` unless `expected` more bytes, beside all that is claimed, leave the reserve untouched. */
  async function check(expected: number): Promise<void> {
    if (await fits(expected)) return;
    // Somebody may have made room since.
    asked = undefined;
    if (!(await fits(expected))) throw new Refusal('storage_full');
  }

  async function fits(expected: number): Promise<boolean> {
    const there = free();
    // Added up before the disk has answered: what is written meanwhile counts twice rather than not at all.
    const wanted = claimed + spent + expected;
    return (await there) - wanted >= reserve;
  }

  function free(): Promise<number> {
    if (!asked) {
      spent = 0;
      const answer = statfs(folder).then(({ bavail, bsize }) => bavail * bsize);
      asked = answer;
      setTimeout(() => {
        if (asked === answer) asked = undefined;
      }, FRESH).unref();
    }
    return asked;
  }

  function claim(): RoomClaim {
    let covered = 0;
    let done = 0;
    return {
      async cover(size) {
        if (size <= covered) return;
        const more = Math.max(STEP, size - covered);
        covered += more;
        claimed += more;
        await check(0);
      },
      written(size) {
        claimed -= size - done;
        spent += size - done;
        done = size;
      },
      end() {
        claimed -= covered - done;
        done = covered;
      },
    };
  }

  return { check, claim };
}
