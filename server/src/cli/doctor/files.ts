import { inForce, newestRow, type Place, placesInUse } from '../../attachments/index.ts';
import type { Config } from '../../config.ts';
import type { Db } from '../../db/open.ts';
import type { Check } from '../../scanner-check.ts';
import { sealingOf, storesOf } from '../../storage.ts';
import { storageFrame } from '../../storage-frame.ts';

const name = 'files';

/** Whether every store that has files is set up, and every key that sealed some. */
export async function checkFiles(config: Config, db: Db): Promise<Check> {
  const places = await placesInUse(db);
  const { storageType } = inForce(await newestRow(db), storageFrame(config));
  return ofPlaces(places, storageType, {
    stores: storesOf(config, config.dataDir).map((store) => store.name),
    keys: sealingOf(config)?.keys.map(({ id }) => id) ?? [],
  });
}

/** Pure: where files are, against what is set up. */
export function ofPlaces(
  places: Place[],
  current: string,
  { stores, keys }: { stores: string[]; keys: string[] },
): Check {
  const there = places.length > 0 ? `${places.map(inWords).join('; ')}.` : 'There are none yet.';
  const found = `${there} New ones go to ${current}.`;
  const elsewhere = places.find(({ storage }) => !stores.includes(storage));
  if (elsewhere) {
    const advice = `Set up ${elsewhere.storage} again as it was (docs/operating.md, storage): until then nobody gets those files.`;
    return { name, state: 'problem', found, advice };
  }
  const sealed = places.find(({ key_id }) => key_id !== null && !keys.includes(key_id));
  if (sealed) {
    const advice = `Set the key ${sealed.key_id} again, in DOCKET_ENCRYPTION_PREVIOUS_KEYS: until then nobody gets those files.`;
    return { name, state: 'problem', found, advice };
  }
  return { name, state: 'ok', found };
}

function inWords({ storage, key_id, files }: Place): string {
  return `${files} in ${storage}${key_id === null ? '' : `, sealed with the key ${key_id}`}`;
}
