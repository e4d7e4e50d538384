/** A chosen file of a draft, as it outlives a reload. */
export interface DraftFile {
  id: string;
  file: File;
  idempotencyKey: string;
  /** Once it is staged. */
  uploadId: string | null;
}

/** The files of one draft: of one person and one form, on this device only. */
export interface Draft {
  /** In the order they were chosen. */
  load(): Promise<DraftFile[]>;
  /** Rejects where the browser has no room for it. */
  keep(file: DraftFile): Promise<void>;
  forget(id: string): Promise<void>;
}

const DATABASE = 'docket-drafts';
const FILES = 'files';

interface Kept extends DraftFile {
  draft: string;
  order: number;
}

/** `key` names the person and the form, so that a shared browser shows nobody another's files. */
export function openDraft(key: string): Draft {
  const ofDraft = IDBKeyRange.bound([key], [key, []]);
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(act: () => Promise<T>): Promise<T> => {
    const mine = last.then(act, act);
    last = mine;
    return mine;
  };
  return {
    load: () =>
      inTurn(async () => {
        const kept: Kept[] = await run('readonly', (files) => files.getAll(ofDraft));
        return kept
          .sort((one, other) => one.order - other.order)
          .map(({ id, file, idempotencyKey, uploadId }) => ({ id, file, idempotencyKey, uploadId }));
      }),
    keep(file) {
      const now = nextMoment();
      return inTurn(async () => {
        const before: Kept | undefined = await run('readonly', (files) => files.get([key, file.id]));
        const kept: Kept = { ...file, draft: key, order: before?.order ?? now };
        await run('readwrite', (files) => files.put(kept));
      });
    },
    forget: (id) => inTurn(() => run('readwrite', (files) => files.delete([key, id]))),
  };
}

let moment = 0;

/** Never the same twice, so that files chosen together keep their order. */
function nextMoment(): number {
  moment = Math.max(Date.now(), moment + 1);
  return moment;
}

/** At sign-out: no draft of anybody stays on this device. */
export async function forgetAllDrafts(): Promise<void> {
  await run('readwrite', (files) => files.clear());
}

/** One request in one transaction; resolves when it is committed. */
async function run<T>(
  mode: IDBTransactionMode,
  request: (files: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
  const database = await open();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(FILES, mode);
      const asked = request(transaction.objectStore(FILES));
      transaction.oncomplete = () => resolve(asked.result);
      transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(DATABASE, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(FILES, { keyPath: ['draft', 'id'] });
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
  });
}
