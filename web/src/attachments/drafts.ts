import { newId } from '../api/new-id.ts';
import { type ChosenFile, factsOf } from './chosen-file.ts';
import { claim, release } from './claims.ts';
import { run, type Stores } from './draft-database.ts';
import { hasRoom } from './draft-room.ts';
import type { Way } from './queue.ts';

/** A chosen file, as it outlives a reload. Without its bytes, where the browser could not keep them. */
export interface DraftFile {
  id: string;
  file: File | ChosenFile;
  idempotencyKey: string;
  way: Way;
  paused: boolean;
  /** Once it is staged, or the server has begun to receive it in pieces. */
  uploadId: string | null;
}

/** The chosen files of one person for one place: a form that is being written, or a ticket. On this device only. */
export interface Draft {
  /** In the order they were chosen, without those that another tab has in hand. */
  load(): Promise<DraftFile[]>;
  /** Resolves to whether the bytes are kept, too. Rejects where the browser keeps nothing of it. */
  keep(file: DraftFile): Promise<boolean>;
  forget(id: string): Promise<void>;
  /** Leaves the files to whoever comes here next, in this tab or another. */
  leave(): void;
}

interface Kept extends Omit<DraftFile, 'file'> {
  draft: string;
  order: number;
  facts: ChosenFile;
}

interface KeptBytes {
  draft: string;
  id: string;
  file: File;
}

/** Milliseconds after which nobody comes back for a file: its upload has long been given up. */
const TERM = 7 * 24 * 3_600_000;

/** What changes with each sign-out, for all tabs at once. */
const ERA = 'docket.drafts.era';

/** `key` names the person and the place, so that a shared browser shows nobody another's files, and no place another's. */
export function openDraft(key: string): Draft {
  const ofDraft = IDBKeyRange.bound([key], [key, []]);
  const era = localStorage.getItem(ERA);
  const lockOf = (id: string) => `docket upload ${key} ${id}`;
  const claimed = new Set<string>();
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(act: () => Promise<T>): Promise<T> => {
    const mine = last.then(act, act);
    last = mine;
    return mine;
  };

  async function isOurs(id: string): Promise<boolean> {
    const ours = await claim(lockOf(id));
    if (ours) claimed.add(id);
    return ours;
  }

  function leave(): void {
    for (const id of claimed) release(lockOf(id));
    claimed.clear();
  }

  async function loadAll(): Promise<DraftFile[]> {
    await forgetOld();
    const known: Kept[] = await run('readonly', ({ files }) => files.getAll(ofDraft));
    const ours = await Promise.all(known.map(({ id }) => isOurs(id)));
    const bytes: KeptBytes[] = await run('readonly', ({ bytes }) => bytes.getAll(ofDraft));
    const fileOf = new Map(bytes.map(({ id, file }) => [id, file]));
    return known
      .filter((_, index) => ours[index])
      .sort((one, other) => one.order - other.order)
      .map(({ draft: _, order: __, facts, ...rest }) => ({ ...rest, file: fileOf.get(rest.id) ?? facts }));
  }

  /** Writes nothing for somebody who has signed out since, in whichever tab. */
  function put(request: (stores: Stores) => IDBRequest): Promise<unknown> {
    return run('readwrite', (stores) => {
      if (localStorage.getItem(ERA) !== era) throw new Error('its owner has signed out');
      return request(stores);
    });
  }

  /** Both at once: a page that is left in between would come back to a file without its bytes. */
  async function write(record: Kept, file: File | ChosenFile): Promise<boolean> {
    const { id } = record;
    const hasBytes = (await run('readonly', ({ bytes }) => bytes.count([key, id]))) > 0;
    if (!hasBytes && file instanceof File && (await hasRoom(file.size))) {
      const kept: KeptBytes = { draft: key, id, file };
      const whole = put(({ files, bytes }) => {
        bytes.put(kept);
        return files.put(record);
      });
      // It had less room than it said.
      if (await whole.then(Boolean, () => false)) return true;
    }
    await put(({ files }) => files.put(record));
    return hasBytes;
  }

  return {
    load: () => inTurn(loadAll),
    keep(kept) {
      const now = nextMoment();
      return inTurn(async () => {
        const ours = isOurs(kept.id);
        const before: Kept | undefined = await run('readonly', ({ files }) => files.get([key, kept.id]));
        const { file, ...rest } = kept;
        const record: Kept = { ...rest, facts: factsOf(file), draft: key, order: before?.order ?? now };
        const whole = await write(record, file);
        await ours;
        return whole;
      });
    },
    forget: (id) =>
      inTurn(async () => {
        await drop([key, id]);
        release(lockOf(id));
        claimed.delete(id);
      }),
    leave,
  };
}

async function forgetOld(): Promise<void> {
  const all: Kept[] = await run('readonly', ({ files }) => files.getAll());
  for (const { draft, id } of all.filter(({ order }) => order < Date.now() - TERM)) await drop([draft, id]);
}

async function drop(key: string[] | IDBKeyRange): Promise<void> {
  await run('readwrite', ({ files, bytes }) => {
    bytes.delete(key);
    return files.delete(key);
  });
}

let moment = 0;

/** Never the same twice, so that files chosen together keep their order. */
function nextMoment(): number {
  moment = Math.max(Date.now(), moment + 1);
  return moment;
}

/** At sign-out: no file of anybody stays on this device, nor comes back to it from a tab that has one under way. */
export async function forgetAllDrafts(): Promise<void> {
  localStorage.setItem(ERA, newId());
  await run('readwrite', ({ files, bytes }) => {
    bytes.clear();
    return files.clear();
  });
}
