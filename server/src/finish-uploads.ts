import type { Attachments, ResumableUpload, UploadLocks } from './attachments/index.ts';
import type { Access } from './helpdesk/access.ts';
import type { Caller } from './helpdesk/caller.ts';
import type { Log } from './log.ts';
import { Refusal } from './refusals.ts';

interface Rooms {
  attachments: Attachments;
  uploadLocks: UploadLocks;
  access: Access;
  /** Everybody who has an account. */
  people: { byId(id: string): Promise<Omit<Caller, 'address'>> };
  log: Log;
}

/**
 * Finishes resumable uploads whose last byte is durable but whose process died, or whose store was away, right after:
 * their owners need not come back. One that still cannot be finished waits for the next time.
 */
export async function finishUploads({ attachments, uploadLocks, access, people, log }: Rooms): Promise<void> {
  const { resumable } = attachments;

  async function finish({ id, ownerId }: ResumableUpload): Promise<void> {
    const unlock = await uploadLocks.lock(id, () => {});
    try {
      const owner = { ...(await people.byId(ownerId)), address: null };
      const upload = await resumable.get(owner, id);
      if (upload.state !== 'receiving') return; // its owner came back meanwhile
      await resumable.finish(await access.toGoOn(owner, upload.target), upload);
    } finally {
      await unlock();
    }
  }

  for (const upload of await resumable.unfinished()) {
    try {
      await finish(upload);
    } catch (error) {
      if (error instanceof Refusal)
        log.info({ upload: upload.id, code: error.code }, 'an upload was refused');
      else log.error({ err: error, upload: upload.id }, 'an upload was not finished; trying again');
    }
  }
}
