import { resolve } from 'node:path';
import { sql, type Transaction } from 'kysely';
import type { Notifications } from '../../db/notifications.ts';
import type { Db } from '../../db/open.ts';
import type { Schema } from '../../db/schema.ts';
import type { Log } from '../../log.ts';
import { Refusal } from '../../refusals.ts';
import { record } from '../events.ts';
import type { Grant } from '../grant.ts';
import { acceptedTypes, EVERY_TYPE, SEVEN_ZIP } from '../policy.ts';
import { type OwnFolders, whyUnusable } from '../store/base-path.ts';
import { basePathInUse } from './in-use.ts';
import { insertRow, type KeptRow, newestRow } from './kept.ts';
import {
  changes,
  type Frame,
  inForce,
  isAsBefore,
  keeping,
  refuseConfig,
  type StorageConfig,
  type WantedConfig,
} from './settings.ts';

export type StorageConfigs = Awaited<ReturnType<typeof createStorageConfig>>;

interface StorageConfigParts {
  db: Db;
  notifications: Notifications;
  frame: Frame;
  folders: OwnFolders;
  log: Log;
}

/** Milliseconds until settings that could not be read are asked for again. */
const TRY_AGAIN = 1_000;

/**
 * Where new files go and which are taken, as an admin says while Docket runs: whatever one instance changes, all others
 * follow at once. Only the folder of the disk's store is taken up at the next start.
 */
export async function createStorageConfig({ db, notifications, frame, folders, log }: StorageConfigParts) {
  let kept: KeptRow | undefined;
  let current = inForce(kept, frame);
  let again: NodeJS.Timeout | undefined;
  const listeners = new Set<() => void>();

  /** Words may cross each other: a younger row is never given up for an older one. */
  function adopt(row: KeptRow | undefined): void {
    if (!row || row.version <= (kept?.version ?? 0)) return;
    kept = row;
    current = inForce(row, frame);
    for (const listener of listeners) listener();
  }

  async function refresh(): Promise<void> {
    clearTimeout(again);
    try {
      adopt(await newestRow(db));
    } catch (error) {
      log.warn({ err: error }, 'settings of storage could not be read; trying again');
      again = setTimeout(() => void refresh(), TRY_AGAIN);
      again.unref();
    }
  }

  await notifications.listen(
    'storage_config',
    () => void refresh(),
    () => void refresh(),
  );
  adopt(await newestRow(db));
  const inUse = await basePathInUse(db, frame);

  /** All that a screen shows of it. */
  function read(_: Grant<'configure_storage'>) {
    return {
      ...current,
      /** 0 while nobody has set anything. */
      version: kept?.version ?? 0,
      changedAt: kept?.changedAt ?? null,
      changedBy: kept?.changedBy ?? null,
      basePathInUse: inUse,
      forcedBy: frame.forcedBy,
      storageTypes: frame.storageTypes,
      largest: frame.largest(current.storageType),
      choices: acceptedTypes({ types: EVERY_TYPE }),
      sevenZipType: SEVEN_ZIP,
    };
  }

  /**
   * Puts these settings in force, if they are still those of `version`; asked for what holds already, it does nothing.
   * Throws `storage_config_changed`, and why it cannot be.
   */
  async function change(
    grant: Grant<'configure_storage'>,
    { version, ...asked }: WantedConfig & { version: number },
  ) {
    const wanted = { ...asked, basePath: withoutSlash(asked.basePath) };
    const row = await db.transaction().execute(async (trx) => {
      await grant.stillHolds(trx);
      await sql`LOCK TABLE file_storage_config IN SHARE ROW EXCLUSIVE MODE`.execute(trx);
      const before = await newestRow(trx);
      const now = inForce(before, frame);
      if (isAsBefore(wanted, now)) return before;
      if (version !== (before?.version ?? 0)) throw new Refusal('storage_config_changed');
      const refusal = refuseConfig(wanted, now, frame);
      if (refusal) throw refusal;
      if (wanted.basePath !== now.basePath) await requireUsable(trx, wanted.basePath);
      await insertRow(trx, keeping(wanted, before, frame), grant.by.id);
      const after = await newestRow(trx);
      const detail = { version: after?.version ?? 0, ...changes(now, inForce(after, frame)) };
      await record(trx, { event: 'storage_configured', by: grant.by, detail });
      await sql`SELECT ${notifications.saying('storage_config', '')}`.execute(trx);
      return after;
    });
    adopt(row);
    return read(grant);
  }

  async function requireUsable(trx: Transaction<Schema>, basePath: string): Promise<void> {
    if (basePath === frame.configured.basePath || basePath === inUse) return;
    const limit = await whyUnusable(trx, basePath, folders);
    if (limit) throw new Refusal('base_path_unusable', { limit, actual: basePath });
  }

  return {
    /** What holds now. */
    current: (): StorageConfig => current,
    /** The folder of the disk's store since this process began. */
    basePathInUse: inUse,
    read,
    change,
    /** Calls `listener` after every change, wherever it was made. */
    onChange: (listener: () => void) => void listeners.add(listener),
    close: () => clearTimeout(again),
  };
}

/** `/srv/files/` is `/srv/files`; what is no absolute path stays, to be refused. */
function withoutSlash(path: string): string {
  return path.startsWith('/') ? resolve(path) : path;
}
