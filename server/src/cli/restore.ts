import { resolve } from 'node:path';
import type { Command } from 'commander';
import { parseConfig, readEnvironment } from '../config.ts';
import { startDatabase } from './database.ts';
import { columns, examples, JSON_OPTION, print } from './print.ts';
import { progressBar } from './progress.ts';

interface Options {
  withoutDamaged?: true;
  json?: true;
}

export function addRestore(docket: Command): void {
  docket
    .command('restore')
    .description('Bring a backup back, into an empty database and the store of new files.')
    .argument('<folder>', 'that docket backup has made')
    .option('--without-damaged', 'also where files of the backup are damaged: without those')
    .option(...JSON_OPTION)
    .addHelpText('after', examples('DOCKET_DATA_DIR=/srv/docket docket restore /mnt/backups/2026-11-23'))
    .action(bringBack);
}

async function bringBack(folder: string, options: Options): Promise<void> {
  const config = parseConfig(readEnvironment());
  const { restore } = await import('../backup/restore.ts'); // here, so that --help need not wait for it
  const { spoolOf, storageOf } = await import('../storage.ts');
  const { createHashing } = await import('../attachments/index.ts');
  await using begun = new AsyncDisposableStack();
  const database = begun.adopt(await startDatabase(config), (it) => it.stop());
  const hashing = begun.adopt(createHashing(), (it) => it.close());
  const spool = spoolOf(config, hashing);
  await spool.prepare();
  let bar = progressBar();
  let at: 'files' | 'tables' = 'files';
  const { manifest, damaged, lost } = await restore(
    { to: database.to, stores: storageOf(config), spool },
    resolve(folder),
    { damaged: options.withoutDamaged ?? false },
    (what, done, total) => {
      if (what !== at) {
        bar.end();
        bar = progressBar();
        at = what;
      }
      bar.show(done, total);
    },
  ).finally(() => bar.end());

  const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0);
  const files = manifest.files.kept - damaged.length;
  print(options, { taken_at: manifest.taken_at, rows, files, damaged, lost }, () =>
    columns([
      ['as of', manifest.taken_at],
      ['rows', String(rows)],
      ['files', String(files)],
      ...damaged.map((key) => ['damaged', key]),
      ...(lost > 0 ? [['lost', `${lost} files were not in the backup: its making said which`]] : []),
    ]),
  );
}
