import type { Command } from 'commander';
import { examples, JSON_OPTION, print } from './print.ts';
import { withDesk } from './with-desk.ts';

export function addMigrate(docket: Command): void {
  docket
    .command('migrate')
    .description('Bring the database up to date. Most other commands do it too; this one does nothing else.')
    .option(...JSON_OPTION)
    .addHelpText('after', examples('docket migrate'))
    .action(async (options: { json?: true }) => {
      const steps = await withDesk(async ({ migrated }) => migrated);
      const done = steps.length > 0 ? `Done: ${steps.join(', ')}. ` : '';
      print(options, { migrated: steps }, () => `${done}The database is up to date.`);
    });
}
