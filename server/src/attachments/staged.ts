import { sql } from 'kysely';
import { Refusal } from '../refusals.ts';
import { record } from './events.ts';
import type { Actor } from './grant.ts';
import type { Parts } from './parts.ts';
import { type StagedUpload, stagedUpload } from './records.ts';

export type Staged = ReturnType<typeof createStaged>;

/** A person's uploads that are on no ticket yet: theirs alone, whatever their role or anybody else's. */
export function createStaged({ db, stores }: Pick<Parts, 'db' | 'stores'>) {
  const ready = (owner: Actor) =>
    db
      .selectFrom('uploads')
      .where('owner_id', '=', owner.id)
      .where('state', '=', 'ready')
      .where('expires_at', '>', sql<Date>`now()`);

  async function list(
    owner: Actor,
    { skip, limit }: { skip: number; limit: number },
  ): Promise<{ data: StagedUpload[]; total: number }> {
    const { total } = await ready(owner)
      .select((of) => of.fn.countAll<number>().as('total'))
      .executeTakeFirstOrThrow();
    const rows = await ready(owner)
      .selectAll()
      .orderBy('created_at', 'desc')
      .orderBy('id')
      .offset(skip)
      .limit(limit)
      .execute();
    return { data: rows.map(stagedUpload), total };
  }

  /** The row goes first and the bytes last, so that no row ever points to nothing. */
  async function discard(owner: Actor, uploadId: string): Promise<void> {
    const row = await db.transaction().execute(async (trx) => {
      const row = await trx
        .updateTable('uploads')
        .set({ state: 'abandoned', updated_at: sql<Date>`now()` })
        .where('id', '=', uploadId)
        .where('owner_id', '=', owner.id)
        .where('state', '=', 'ready')
        .where('expires_at', '>', sql<Date>`now()`)
        .returning(['file_path', 'storage', 'key_id'])
        .executeTakeFirst();
      if (!row) throw new Refusal('upload_not_found');
      await record(trx, { event: 'discarded', by: owner, uploadId });
      return row;
    });
    if (row.file_path) await stores.at(row).remove(row.file_path);
    await db.updateTable('uploads').set({ file_path: null }).where('id', '=', uploadId).execute();
  }

  return { list, discard };
}
