import { asMover } from '../moving.ts';
import type { Parts } from '../parts.ts';
import { type Relocation, relocate } from './relocate.ts';
import { storedFiles, sumOfStored } from './stored-files.ts';

/** Where stored files are to be: in this store, or each where it is, sealed as new files are. */
export type Destination = { storage: string } | 'sealed';

export interface Step {
  done: number;
  total: number;
  outcome: Relocation;
}

/** Files on their way at once: one is read while another is written. */
const AT_ONCE = 3;

/**
 * Moves every stored file that is elsewhere; new ones meanwhile go where they do anyway. Live, beside servers, and as
 * good when it was cut short and is done again. Resolves to false where somebody else is at it.
 */
export async function moveAll(
  parts: Pick<Parts, 'db' | 'stores' | 'spool' | 'log'>,
  destination: Destination,
  onStep: (step: Step) => void,
): Promise<boolean> {
  const { db, stores } = parts;
  const { key_id } = stores.here;
  const target = destination === 'sealed' ? { key_id } : { ...destination, key_id };
  return asMover(db, async () => {
    const { files: total } = await sumOfStored(db, { elsewhereThan: target });
    const damaged = new Set<string>();
    let done = 0;
    // What was claimed on its way has become a file of a ticket, where nobody looks for it any more in this round.
    for (let escaped = true; escaped; ) {
      escaped = false;
      const items = storedFiles(db, { elsewhereThan: target });
      const lane = async () => {
        for await (const item of items) {
          if (damaged.has(item.id)) continue;
          const outcome = await relocate(parts, item, { storage: item.storage, ...target });
          if (outcome === 'damaged') damaged.add(item.id);
          escaped ||= outcome === 'gone';
          done += 1;
          onStep({ done, total: Math.max(done, total), outcome });
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, lane));
    }
  });
}
