import type { Command } from 'commander';
import { columns, examples, JSON_OPTION, print } from './print.ts';
import { withDesk } from './with-desk.ts';

export function addCleanup(docket: Command): void {
  docket
    .command('cleanup')
    .description(
      'Sweep now: what expired, what was left half-way, what no record knows. A server does it by itself.',
    )
    .option(...JSON_OPTION)
    .addHelpText('after', examples('docket cleanup', 'docket cleanup --json'))
    .action(async (options: { json?: true }) => {
      const swept = await withDesk(({ services }) => services.attachments.sweep());
      print(options, swept, () =>
        columns(Object.entries(swept).map(([kind, count]) => [kind.replaceAll('_', ' '), String(count)])),
      );
    });
}
