import type { Command } from 'commander';
import type { Selection } from '../attachments/index.ts';
import { dayOf } from './arguments.ts';
import { Complaint, EXIT } from './exit.ts';
import { columns, examples, JSON_OPTION, print } from './print.ts';
import { progressBar } from './progress.ts';
import { withDesk } from './with-desk.ts';

interface Options {
  all?: true;
  unscannable?: true;
  since?: Date;
  json?: true;
}

export function addRescan(docket: Command): void {
  docket
    .command('rescan')
    .description('Scan stored files again. A server does it by itself when the signatures change.')
    .option('--all', 'every file')
    .option('--unscannable', 'those that could not be scanned')
    .option('--since <date>', 'those that came on this day or later, such as 2026-11-01', dayOf)
    .option(...JSON_OPTION)
    .addHelpText('after', examples('docket rescan --unscannable', 'docket rescan --since 2026-11-01 --json'))
    .action(async (options: Options) => {
      const selection = selectionOf(options);
      const verdicts: Record<string, number> = {};
      const bar = progressBar();
      const isWhole = await withDesk(async ({ services }) => {
        let away = false;
        await services.attachments.scans.again(selection, ({ done, total, outcome, verdict }) => {
          away = outcome === 'away';
          const result = outcome === 'judged' && verdict ? verdict : outcome;
          verdicts[result] = (verdicts[result] ?? 0) + 1;
          bar.show(done, total);
        });
        return !away;
      }).finally(bar.end);
      print(options, verdicts, () =>
        columns(Object.entries(verdicts).map(([verdict, files]) => [verdict, String(files)])),
      );
      if (!isWhole) throw new Complaint(EXIT.failed, 'The scanner does not answer: try again when it does.');
    });
}

function selectionOf({ all, unscannable, since }: Options): Selection {
  const chosen: Selection[] = [];
  if (all) chosen.push('all');
  if (unscannable) chosen.push('unscannable');
  if (since) chosen.push({ since });
  const [selection] = chosen;
  if (!selection || chosen.length > 1) {
    throw new Complaint(EXIT.usage, 'Say which files: --all, --unscannable or --since, one of them.');
  }
  return selection;
}
