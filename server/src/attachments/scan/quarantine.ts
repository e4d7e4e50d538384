import type { Db } from '../../db/open.ts';
import type { Parts } from '../parts.ts';
import { MissingObject } from '../store/store.ts';
import { changeSubject, subjectOf } from './subject.ts';

/** The bytes may move to their ticket's place meanwhile, once. */
const MOST_TRIES = 3;

/** Where infected bytes lie; the last segment stays, so that doing it twice is harmless. */
export const QUARANTINE = 'quarantine/';

/**
 * Moves the bytes of an infected file out of everybody's reach, and what was made of them: copy, flip the row, remove.
 * Nothing to do where it is there already. Whenever that is cut short, the file is blocked all the same, and the sweep
 * does the rest.
 */
export async function quarantine(
  { db, stores, log }: Pick<Parts, 'db' | 'stores' | 'log'>,
  fileId: string,
): Promise<void> {
  for (let tried = 0; tried < MOST_TRIES; tried += 1) {
    const subject = await subjectOf(db, fileId);
    if (subject?.virus_scan_status !== 'infected') return;
    const { file_path: from } = subject;
    const store = stores.at(subject);
    const to = `${QUARANTINE}${from.slice(from.lastIndexOf('/') + 1)}`;
    try {
      if (from !== to) await store.copy(from, to);
    } catch (error) {
      if (error instanceof MissingObject) continue;
      throw error;
    }
    const flipped = await db
      .transaction()
      .execute((trx) =>
        changeSubject(
          trx,
          fileId,
          { virus_scan_status: 'infected', file_path: from },
          { virus_scan_status: 'quarantined', file_path: to },
        ),
      );
    if (!flipped) continue;
    if (from !== to) await store.remove(from);
    await removeThumbnail(db, stores, fileId);
    return;
  }
  log.error({ alarm: 'integrity', file: fileId }, 'an infected file has no bytes to put into quarantine');
}

async function removeThumbnail(db: Db, stores: Parts['stores'], fileId: string): Promise<void> {
  const row = await db
    .deleteFrom('thumbnails')
    .where('attachment_id', '=', fileId)
    .returning(['file_path', 'storage', 'key_id'])
    .executeTakeFirst();
  if (row?.file_path) await stores.at(row).remove(row.file_path);
}
