import { resolve } from 'node:path';
import type { Command } from 'commander';
import { parseConfig, readEnvironment } from '../config.ts';
import { openDb, openPool } from '../db/open.ts';
import { reachDatabase } from './database.ts';
import { Complaint, EXIT } from './exit.ts';
import { columns, examples, JSON_OPTION, print } from './print.ts';
import { progressBar } from './progress.ts';

export function addBackup(docket: Command): void {
  docket
    .command('backup')
    .description(
      'Copy everything, as it is at one instant, into a new folder. A server may run on meanwhile.',
    )
    .argument('<folder>', 'new or empty')
    .option(...JSON_OPTION)
    .addHelpText('after', examples('docket backup /mnt/backups/2026-11-23'))
    .action(backup);
}

async function backup(folder: string, options: { json?: true }): Promise<void> {
  const config = parseConfig(readEnvironment());
  const { backUp } = await import('../backup/backup.ts'); // here, so that --help need not wait for it
  const { requireSchema } = await import('../backup/snapshot.ts');
  const { basePathInUse } = await import('../attachments/index.ts');
  const { storageOf } = await import('../storage.ts');
  const { storageFrame } = await import('../storage-frame.ts');
  await using begun = new AsyncDisposableStack();
  const database = begun.adopt(await reachDatabase(config), (it) => it.stop());
  const db = begun.adopt(openDb(openPool(database.to, () => {})), (it) => it.destroy());
  await requireSchema(db);
  const root = await basePathInUse(db, storageFrame(config));
  const parts = { to: database.to, db, stores: storageOf(config, root) };
  const bar = progressBar();
  const { manifest, problems } = await backUp(parts, resolve(folder), bar.show).finally(bar.end);

  const { taken_at, tables, files } = manifest;
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  const { kept, bytes } = files;
  print(options, { taken_at, rows, files: kept, bytes, problems: files.problems, examples: problems }, () =>
    columns([
      ['taken at', taken_at],
      ['rows', String(rows)],
      ['files', String(kept)],
      ['bytes', String(bytes)],
      ...problems.map(({ problem, kind, id, key }) => [problem, `${kind} ${id} (${key})`]),
    ]),
  );
  if (files.problems === 0) return;
  const which = files.problems === 1 ? '1 file is' : `${files.problems} files are`;
  throw new Complaint(EXIT.failed, `${which} missing or damaged, and not in the backup; all else is.`);
}
