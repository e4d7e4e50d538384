import { createSealedStore, type SealingKeys } from './sealed.ts';
import type { Store } from './store.ts';

/** Where an object's bytes are, as its row says: in which store, and the key that sealed them (null: not sealed). */
export interface Whereabouts {
  storage: string;
  key_id: string | null;
}

/** Where one object is. */
export interface Located extends Whereabouts {
  file_path: string;
}

export function isSamePlace(one: Located, other: Located): boolean {
  return one.file_path === other.file_path && one.storage === other.storage && one.key_id === other.key_id;
}

/** The stores there may be bytes in: new ones go to one of them, old ones are where their row says. */
export interface Stores {
  /** Where new bytes go, as their row is to say. */
  readonly here: Whereabouts;
  /** The way to the objects that a row speaks of. Throws where their store or their key is not set up any more. */
  at(row: Whereabouts): Store;
  /** As they are: sealed objects sealed. */
  readonly all: readonly Store[];
}

/** Keys that seal objects, the one for new ones first, and a folder for what is on its way. */
export interface Sealing {
  keys: SealingKeys;
  folder: string;
}

/** `all` by their names, of which `current` tells one at any moment. */
export function createStores(all: readonly Store[], current: () => string, sealing?: Sealing): Stores {
  const sealed = new Map(
    sealing && all.map((store) => [store, createSealedStore(store, sealing.keys, sealing.folder)]),
  );

  return {
    get here() {
      return { storage: current(), key_id: sealing?.keys[0].id ?? null };
    },
    at({ storage, key_id }) {
      const store = all.find(({ name }) => name === storage);
      if (!store) throw new Error(`there are files in the store ${storage}, which is not set up`);
      if (key_id === null) return store;
      const way = sealing?.keys.some(({ id }) => id === key_id) && sealed.get(store);
      if (!way) throw new Error(`there are files sealed with the key ${key_id}, which is not set`);
      return way;
    },
    all,
  };
}
