const DATABASE = 'docket-drafts';
const VERSION = 2;

/** What is known of the files, and apart from it their bytes, which are written once. */
export const FILES = 'files';
export const BYTES = 'bytes';

export interface Stores {
  files: IDBObjectStore;
  bytes: IDBObjectStore;
}

/** One transaction; resolves when it is committed, with what its last request got. */
export async function run<T>(
  mode: IDBTransactionMode,
  request: (stores: Stores) => IDBRequest<T>,
): Promise<T> {
  const database = await open();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction([FILES, BYTES], mode);
      const asked = request({ files: transaction.objectStore(FILES), bytes: transaction.objectStore(BYTES) });
      transaction.oncomplete = () => resolve(asked.result);
      transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(DATABASE, VERSION);
    opening.onupgradeneeded = () => {
      const { result: database } = opening;
      for (const name of database.objectStoreNames) database.deleteObjectStore(name);
      for (const name of [FILES, BYTES]) database.createObjectStore(name, { keyPath: ['draft', 'id'] });
    };
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
  });
}
