import { sql } from 'kysely';
import type { Db } from '../../db/open.ts';
import type { Parts } from '../parts.ts';
import { expireUploads } from './expiry.ts';
import { removeOrphans } from './orphans.ts';
import { purgeDeleted } from './purge.ts';
import { quarantineAll } from './quarantine.ts';
import { rehomeAll } from './rehome.ts';
import { sweepSpool } from './spool.ts';
import { removeUnmade } from './thumbnails.ts';

/** How much of each kind a sweep cleared away. */
export interface Swept {
  expired_uploads: number;
  purged_files: number;
  removed_objects: number;
  spool_files: number;
  moved_files: number;
  quarantined_files: number;
  orphans: number;
}

/** `whole` also looks at every stored object for one that no row knows, which takes as long as there are many. */
export type Depth = 'quick' | 'whole';

/**
 * All that time leaves behind, in one go; harmless at any moment and beside other instances. A part that fails does not
 * keep the others: throws at the end what went wrong, all of it.
 */
export async function sweep(parts: Parts, depth: Depth = 'whole'): Promise<Swept> {
  const failures: unknown[] = [];
  const trying = <Result>(work: Promise<Result>, otherwise: Result) =>
    work.catch((error: unknown) => {
      failures.push(error);
      return otherwise;
    });
  const { expired, removed } = await trying(expireUploads(parts), { expired: 0, removed: 0 });
  const ended = await trying(purgeDeleted(parts), { purged: 0, removed: 0 });
  const unmade = await trying(removeUnmade(parts), 0);
  const spool_files = await trying(sweepSpool(parts), 0);
  const moved_files = await trying(rehomeAll(parts), 0);
  const quarantined_files = await trying(quarantineAll(parts), 0);
  const orphans = depth === 'whole' ? await trying(removeOrphans(parts), 0) : 0;
  const unended = depth === 'whole' ? await trying(clearUnended(parts), 0) : 0;
  await trying(forgetAnswers(parts.db), undefined);
  if (failures.length > 0) throw new AggregateError(failures, 'parts of the sweep failed');
  return {
    expired_uploads: expired,
    purged_files: ended.purged,
    removed_objects: removed + ended.removed + unmade + unended,
    spool_files,
    moved_files,
    quarantined_files,
    orphans,
  };
}

/** No put takes so long. */
const UNENDED_HOURS = 24;

async function clearUnended({ stores }: Pick<Parts, 'stores'>): Promise<number> {
  const olderThan = new Date(Date.now() - UNENDED_HOURS * 3_600_000);
  const cleared = await Promise.all(stores.all.map((store) => store.clear?.(olderThan) ?? 0));
  return cleared.reduce((sum, one) => sum + one, 0);
}

/** Answers that no repeat will ask for any more. */
async function forgetAnswers(db: Db): Promise<void> {
  await db
    .deleteFrom('idempotency_keys')
    .where('created_at', '<', sql<Date>`now() - interval '24 hours'`)
    .execute();
}
