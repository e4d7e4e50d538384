import { Refusal } from '../../refusals.ts';
import { EVERY_TYPE, knownTypes, type MimeType, SEVEN_ZIP } from '../policy.ts';

/** Where new files go, and which are taken. */
export interface StorageConfig {
  /** The store, by its name. */
  storageType: string;
  /** The folder of the disk's store, absolute. */
  basePath: string;
  /** In bytes. */
  maxFileSize: number;
  types: readonly MimeType[];
}

/** As an admin asks for it: types are whatever they wrote. */
export type WantedConfig = Omit<StorageConfig, 'types'> & { types: readonly string[] };

/** As the table keeps it. Without a folder of its own, that of the configuration holds. */
export type KeptConfig = Omit<StorageConfig, 'basePath'> & { basePath: string | null };

/** What a variable can force. `sevenZip` is one of the types. */
export const FORCIBLE = ['storageType', 'basePath', 'maxFileSize', 'sevenZip'] as const;
export type Forcible = (typeof FORCIBLE)[number];

/** What an admin finds set and cannot go beyond. */
export interface Frame {
  /** What holds where a variable forces it, or nobody has said otherwise. */
  configured: StorageConfig;
  /** The variables that are set, by what they force. */
  forcedBy: Partial<Record<Forcible, string>>;
  /** The stores that are set up. */
  storageTypes: readonly string[];
  /** Bytes of the largest file that a store, and a ticket, can take. */
  largest(storageType: string): number;
}

/** What holds, of what is forced, kept and configured. What is kept but not possible any more yields too. */
export function inForce(kept: KeptConfig | undefined, frame: Frame): StorageConfig {
  const { configured, forcedBy, storageTypes, largest } = frame;
  if (!kept) return configured;
  const isSetUp = storageTypes.includes(kept.storageType);
  const storageType = forcedBy.storageType || !isSetUp ? configured.storageType : kept.storageType;
  const maxFileSize = forcedBy.maxFileSize ? configured.maxFileSize : kept.maxFileSize;
  return {
    storageType,
    basePath: forcedBy.basePath ? configured.basePath : (kept.basePath ?? configured.basePath),
    maxFileSize: Math.min(maxFileSize, largest(storageType)),
    types: typesInForce(kept.types, frame),
  };
}

function typesInForce(kept: readonly MimeType[], { configured, forcedBy }: Frame): readonly MimeType[] {
  const types = forcedBy.sevenZip ? withSevenZipOf(configured.types, kept) : kept;
  return types.length > 0 ? types : configured.types;
}

/** The types of `others`, and 7z if `one` has it. */
function withSevenZipOf(one: readonly MimeType[], others: readonly MimeType[]): MimeType[] {
  const rest = others.filter((type) => type !== SEVEN_ZIP);
  return one.includes(SEVEN_ZIP) ? [...rest, SEVEN_ZIP] : rest;
}

/** Why this cannot be; the folder is judged elsewhere. */
export function refuseConfig(wanted: WantedConfig, now: StorageConfig, frame: Frame): Refusal | undefined {
  const forced = FORCIBLE.find((each) => frame.forcedBy[each] && differs(each, wanted, now));
  const variable = forced && frame.forcedBy[forced];
  if (variable) return new Refusal('setting_forced', { limit: variable });
  const { storageType: actual, maxFileSize, types } = wanted;
  if (!frame.storageTypes.includes(actual)) {
    return new Refusal('storage_type_unknown', { actual, limit: frame.storageTypes.join(', ') });
  }
  const limit = frame.largest(actual);
  if (maxFileSize > limit) return new Refusal('max_file_size_too_large', { limit, actual: maxFileSize });
  const unknown = types.filter((type) => !EVERY_TYPE.some((known) => known === type));
  if (unknown.length === 0) return undefined;
  return new Refusal('file_type_unknown', { actual: unknown.join(', '), limit: EVERY_TYPE.join(', ') });
}

function differs(what: Forcible, wanted: WantedConfig, now: WantedConfig): boolean {
  if (what !== 'sevenZip') return wanted[what] !== now[what];
  return wanted.types.includes(SEVEN_ZIP) !== now.types.includes(SEVEN_ZIP);
}

/** What the table is to keep of it: what a variable forces now stays there as it was before. */
export function keeping(wanted: WantedConfig, before: KeptConfig | undefined, frame: Frame): KeptConfig {
  const { configured, forcedBy } = frame;
  const old = before ?? { ...configured, basePath: null };
  const types = knownTypes(wanted.types);
  const ownFolder = wanted.basePath === configured.basePath ? null : wanted.basePath;
  return {
    storageType: forcedBy.storageType ? old.storageType : wanted.storageType,
    basePath: forcedBy.basePath ? old.basePath : ownFolder,
    maxFileSize: forcedBy.maxFileSize ? old.maxFileSize : wanted.maxFileSize,
    types: forcedBy.sevenZip ? withSevenZipOf(old.types, types) : types,
  };
}

/** Whether nothing is asked for that does not hold already. */
export function isAsBefore(wanted: WantedConfig, now: StorageConfig): boolean {
  return Object.keys(changes(now, wanted)).length === 0;
}

/** What is different after, as the audit tells it: each by its name in the API, with what it was before. */
export function changes(before: WantedConfig, after: WantedConfig): Record<string, string | number> {
  const [old, now] = [told(before), told(after)];
  const changed = Object.entries(now).filter(([name, value]) => old[name] !== value);
  return Object.fromEntries(
    changed.flatMap(([name, value]) => [
      [name, value],
      [`${name}_before`, old[name] ?? ''],
    ]),
  );
}

function told({ storageType, basePath, maxFileSize, types }: WantedConfig): Record<string, string | number> {
  return {
    storage_type: storageType,
    base_path: basePath,
    max_file_size: maxFileSize,
    allowed_mime_types: [...new Set(types)].sort().join(' '),
  };
}
