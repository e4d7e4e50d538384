import { sql } from 'kysely';
import type { Parts } from '../parts.ts';
import { expireUploads } from './expiry.ts';
import { removeOrphans } from './orphans.ts';
import { rehome } from './rehome.ts';
import { sweepSpool } from './spool.ts';

/** How much of each kind a sweep cleared away. */
export interface Swept {
  expired_uploads: number;
  removed_objects: number;
  spool_files: number;
  moved_files: number;
  orphans: number;
}

/** All that time leaves behind, in one go; harmless at any moment and beside other instances. */
export async function sweep(parts: Parts): Promise<Swept> {
  const { expired, removed } = await expireUploads(parts);
  const spool_files = await sweepSpool(parts);
  const moved_files = await rehome(parts);
  const orphans = await removeOrphans(parts);
  await parts.db
    .deleteFrom('idempotency_keys')
    .where('created_at', '<', sql<Date>`now() - interval '24 hours'`)
    .execute();
  return { expired_uploads: expired, removed_objects: removed, spool_files, moved_files, orphans };
}
