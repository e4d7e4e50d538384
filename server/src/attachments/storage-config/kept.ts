import type { Insertable, Kysely, Transaction } from 'kysely';
import { v7 } from 'uuid';
import type { Schema } from '../../db/schema.ts';
import { knownTypes } from '../policy.ts';
import type { KeptConfig } from './settings.ts';

/** A row of the settings. */
export interface KeptRow extends KeptConfig {
  version: number;
  changedAt: Date;
  changedBy: { id: string; name: string } | null;
}

/** The row that rules; undefined while nobody has set anything. */
export async function newestRow(db: Kysely<Schema>): Promise<KeptRow | undefined> {
  const row = await db
    .selectFrom('file_storage_config')
    .leftJoin('users', 'users.id', 'file_storage_config.changed_by')
    .select(['version', 'storage_type', 'base_path', 'max_file_size', 'allowed_mime_types'])
    .select(['file_storage_config.created_at', 'users.id as user_id', 'users.name as user_name'])
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (!row) return undefined;
  return {
    version: row.version,
    storageType: row.storage_type,
    basePath: row.base_path,
    maxFileSize: row.max_file_size,
    types: knownTypes(row.allowed_mime_types),
    changedAt: row.created_at,
    changedBy: row.user_id && row.user_name ? { id: row.user_id, name: row.user_name } : null,
  };
}

/** The folders that were ever chosen, the newest first; null is that of the configuration. */
export async function chosenFolders(db: Kysely<Schema>): Promise<(string | null)[]> {
  const rows = await db
    .selectFrom('file_storage_config')
    .select('base_path')
    .select((row) => row.fn.max('version').as('last'))
    .groupBy('base_path')
    .orderBy('last', 'desc')
    .execute();
  return rows.map(({ base_path }) => base_path);
}

export async function insertRow(
  trx: Transaction<Schema>,
  { storageType, basePath, maxFileSize, types }: KeptConfig,
  changedBy: string,
): Promise<void> {
  const row: Insertable<Schema['file_storage_config']> = {
    id: v7(),
    storage_type: storageType,
    base_path: basePath,
    max_file_size: maxFileSize,
    allowed_mime_types: JSON.stringify(types),
    changed_by: changedBy,
  };
  await trx.insertInto('file_storage_config').values(row).execute();
}
