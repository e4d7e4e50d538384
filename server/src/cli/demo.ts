import type { Command } from 'commander';
import { columns, examples, JSON_OPTION, print } from './print.ts';
import { withDesk } from './with-desk.ts';

export function addDemo(docket: Command): void {
  docket
    .command('demo')
    .description('Fill an empty desk with people, tickets, replies and files, to look around in.')
    .option(...JSON_OPTION)
    .addHelpText(
      'after',
      examples('DOCKET_DATA_DIR=./demo docket demo', 'DOCKET_DATA_DIR=./demo docket serve'),
    )
    .action(async (options: { json?: true }) => {
      const demo = await withDesk(async ({ services }) => {
        const { fillDemo } = await import('../helpdesk/demo.ts');
        return fillDemo(services);
      });
      print(options, demo, () =>
        [
          columns(demo.people.map(({ name, email, role }) => [name, email, role])),
          `${demo.tickets} tickets. The password of all these people: ${demo.password}`,
        ].join('\n\n'),
      );
    });
}
