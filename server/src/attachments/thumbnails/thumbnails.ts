import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { Refusal } from '../../refusals.ts';
import type { Grant } from '../grant.ts';
import type { Parts } from '../parts.ts';
import type { AttachmentRow } from '../records.ts';
import { type Serving, servedRow } from '../serving.ts';
import type { Located } from '../store/stores.ts';
import {
  claimThumbnail,
  forgetThumbnail,
  settleThumbnail,
  type ThumbnailRow,
  thumbnailOf,
} from './claims.ts';
import { Unpaintable } from './painter.ts';

/** A thumbnail about to be sent: WebP, at most 320 pixels at its longest edge. */
export interface OpenThumbnail {
  sha256: string;
  size: number;
  read(): Promise<Readable>;
}

/** A process that dies over a picture may have died of something else. */
const MOST_ATTEMPTS = 3;
/** Pictures that wait for their turn here. */
const MOST_WAITING = 500;
/** Milliseconds that somebody waits for one. */
const PATIENCE = 30_000;
/** Milliseconds between two looks whether another instance is done. */
const LOOK_EVERY = 200;
/** A thumbnail is never near it. */
const MOST_BYTES = 1024 * 1024;

/** Whether a file has a thumbnail, as far as its type goes. */
export function isPicture(mimeType: string): boolean {
  return mimeType.startsWith('image/');
}

/** Small pictures of pictures, made when the first one asks, once among all instances, and kept. */
export function createThumbnails({ db, stores, spool, painter, log }: Parts, serving: Serving) {
  /** What is being made here or waits for it, by attachment. */
  const making = new Map<string, Promise<ThumbnailRow | undefined>>();
  let last: Promise<unknown> = Promise.resolve();
  let closed = false;

  /**
   * Throws what a download would; `thumbnail_not_found` for what is no picture, `thumbnail_failed` for one that cannot be
   * decoded, `thumbnail_busy` when there are too many before it.
   */
  async function open(grant: Grant<'read'>): Promise<OpenThumbnail> {
    const file = await servedRow(db, grant);
    if (!isPicture(file.mime_type)) throw new Refusal('thumbnail_not_found', { file_name: file.file_name });
    const { at, file_size, sha256 } = await whole(file);
    return { sha256, size: file_size, read: () => stores.at(at).read(at.file_path) };
  }

  /** One whose bytes are lost is made again. */
  async function whole(file: AttachmentRow) {
    for (const isLast of [false, true]) {
      const row = await find(file);
      const { file_path, file_size, sha256 } = row;
      if (!file_path || !file_size || !sha256) throw new Error(`the thumbnail of ${file.id} is not ready`);
      if (isLast || (await stores.at(row).stat(file_path))?.size === file_size) {
        return { at: { ...row, file_path }, file_size, sha256 };
      }
      log.warn({ attachment: file.id }, 'a thumbnail was lost; making it again');
      await forgetThumbnail(db, file_path);
    }
    throw new Error('unreachable');
  }

  async function find(file: AttachmentRow): Promise<ThumbnailRow> {
    const patience = Date.now() + PATIENCE;
    for (;;) {
      const row = await thumbnailOf(db, file.id);
      if (row?.state === 'ready') return row;
      if (row?.state === 'failed') throw failed(file);
      const made = await (making.get(file.id) ?? begin(file));
      if (made) return made;
      if (Date.now() > patience) throw busy();
      await sleep(LOOK_EVERY);
    }
  }

  function begin(file: AttachmentRow): Promise<ThumbnailRow | undefined> {
    if (making.size >= MOST_WAITING) throw busy();
    const turn = last.then(() => {
      if (closed) throw busy();
      return make(file);
    });
    last = turn.catch(() => {});
    const work = turn.finally(() => making.delete(file.id));
    making.set(file.id, work);
    return work;
  }

  /** Undefined where somebody else makes it, or made it, or another attempt is worth it. */
  async function make(file: AttachmentRow): Promise<ThumbnailRow | undefined> {
    const id = randomUUID();
    const key = `thumbnails/${id}`;
    const here = stores.here;
    const attempt = await claimThumbnail(db, { attachmentId: file.id, key, here });
    if (!attempt) return undefined;
    try {
      if (attempt > MOST_ATTEMPTS) throw new Unpaintable('undecodable', 'it was tried often enough');
      const painted = await painter.paint(await serving.bytesOf(file, null), file.file_size);
      return await keep(id, { ...here, file_path: key }, painted);
    } catch (error) {
      if (!(error instanceof Unpaintable)) {
        await forgetThumbnail(db, key);
        throw error;
      }
      log.warn({ err: error, attachment: file.id }, 'no thumbnail could be made');
      const forGood = error.why === 'undecodable' || attempt === MOST_ATTEMPTS;
      await settleThumbnail(db, key, { state: forGood ? 'failed' : 'making', file_path: null });
      return undefined;
    }
  }

  /** Bytes first, the row last. */
  async function keep(id: string, at: Located, painted: Uint8Array): Promise<ThumbnailRow | undefined> {
    const { path, size, sha256 } = await spool.receive(id, once(painted), MOST_BYTES);
    try {
      await stores.at(at).put(at.file_path, path);
    } finally {
      await spool.remove(id);
    }
    const row = await settleThumbnail(db, at.file_path, { state: 'ready', file_size: size, sha256 });
    if (!row) await stores.at(at).remove(at.file_path);
    return row;
  }

  return {
    open,
    /** Resolves when nothing is being made any more. */
    async close(): Promise<void> {
      closed = true;
      await Promise.allSettled(making.values());
    },
  };
}

function failed(file: AttachmentRow): Refusal {
  return new Refusal('thumbnail_failed', { file_name: file.file_name });
}

function busy(): Refusal {
  return new Refusal('thumbnail_busy', { retry_after: 2 });
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
