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
  /** The store a row speaks of. Throws where it is not set up any more. */
  at(row: Whereabouts): Store;
  readonly all: readonly Store[];
}

/** `all` by their names, of which `current` tells one at any moment. */
export function createStores(all: readonly Store[], current: () => string): Stores {
  return {
    get here() {
      return { storage: current(), key_id: null };
    },
    at({ storage }) {
      const store = all.find(({ name }) => name === storage);
      if (!store) throw new Error(`there are files in the store ${storage}, which is not set up`);
      return store;
    },
    all,
  };
}
