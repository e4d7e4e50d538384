import { type TProperties, Type } from 'typebox';
import type { StorageConfigs } from '../attachments/index.ts';
import { body, choice, named, nullable, Person, Timestamp, text } from './schemas.ts';

const Version = Type.Integer({
  minimum: 0,
  description: 'Grows with every change; 0 while nobody has made one.',
});
const SETTINGS = {
  storage_type: Type.String({ description: 'Where new files go. Others stay where they are.' }),
  base_path: Type.String({ description: 'The folder of the files on the disk, absolute.' }),
  max_file_size: Type.Integer({ minimum: 1, description: 'The size of one file, in bytes.' }),
  allowed_mime_types: Type.Array(Type.String(), { description: 'The types that are accepted.' }),
} satisfies TProperties;

export const StorageConfigSchema = named('StorageConfig', {
  version: Version,
  ...SETTINGS,
  forced: Type.Array(
    Type.Object({
      setting: choice(['storage_type', 'base_path', 'max_file_size', 'allowed_mime_types']),
      variable: Type.String({ description: 'The variable that is set where Docket is started.' }),
      mime_type: nullable(Type.String({ description: 'The one type that it decides about.' })),
    }),
    { description: 'What cannot be changed here.' },
  ),
  storage_types: Type.Array(Type.String(), { description: 'The stores that are set up.' }),
  largest_file_size: Type.Integer({ description: 'What `max_file_size` may be at most, in bytes.' }),
  known_types: Type.Array(Type.Object({ mime_type: Type.String(), extensions: Type.Array(Type.String()) }), {
    description: 'The types that can be checked, and so accepted.',
  }),
  base_path_in_use: Type.String({
    description: 'Until the next start, and for as long as the files are there: this folder.',
  }),
  takes_effect: choice(['now', 'restart']),
  changed_at: nullable(Timestamp),
  changed_by: nullable(Person),
});

export const StorageConfigBody = body({
  version: Version,
  storage_type: text(1, 16),
  base_path: text(1, 4096),
  max_file_size: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
  allowed_mime_types: Type.Array(text(1, 127), { minItems: 1, maxItems: 100, uniqueItems: true }),
});

/** The settings of storage, as the API names them. */
export function storageConfigJson(config: ReturnType<StorageConfigs['read']>) {
  const { version, storageType, basePath, maxFileSize, types, basePathInUse, changedAt, changedBy } = config;
  return {
    version,
    storage_type: storageType,
    base_path: basePath,
    max_file_size: maxFileSize,
    allowed_mime_types: [...types],
    forced: forcedJson(config),
    storage_types: [...config.storageTypes],
    largest_file_size: config.largest,
    known_types: knownTypesJson(config),
    base_path_in_use: basePathInUse,
    takes_effect: basePath === basePathInUse ? ('now' as const) : ('restart' as const),
    changed_at: changedAt?.toISOString() ?? null,
    changed_by: changedBy,
  };
}

function forcedJson({ forcedBy, sevenZipType }: ReturnType<StorageConfigs['read']>) {
  const { storageType, basePath, maxFileSize, sevenZip } = forcedBy;
  const forced = [
    { setting: 'storage_type' as const, variable: storageType, mime_type: null },
    { setting: 'base_path' as const, variable: basePath, mime_type: null },
    { setting: 'max_file_size' as const, variable: maxFileSize, mime_type: null },
    { setting: 'allowed_mime_types' as const, variable: sevenZip, mime_type: sevenZipType },
  ];
  return forced.flatMap(({ variable, ...rest }) => (variable ? [{ ...rest, variable }] : []));
}

function knownTypesJson({ choices }: ReturnType<StorageConfigs['read']>) {
  const types = [...new Set(choices.map(({ mimeType }) => mimeType))];
  return types.map((mime_type) => ({
    mime_type,
    extensions: choices.filter(({ mimeType }) => mimeType === mime_type).map(({ extension }) => extension),
  }));
}
