import type { Command } from 'commander';
import { humanSize } from '../refusals.ts';
import { columns, examples, JSON_OPTION, jsonList, print } from './print.ts';
import { withDesk } from './with-desk.ts';

interface Options {
  dryRun?: true;
  json?: true;
}

export function addCleanup(docket: Command): void {
  docket
    .command('cleanup')
    .description(
      'Sweep now: what expired, what was left half-way, what no record knows. A server does it by itself.',
    )
    .option('--dry-run', 'say what would be done, and do nothing')
    .option(...JSON_OPTION)
    .addHelpText('after', examples('docket cleanup', 'docket cleanup --dry-run --json'))
    .action((options: Options) => (options.dryRun ? tell(options) : clean(options)));
}

async function clean(options: Options): Promise<void> {
  const swept = await withDesk(({ services }) => services.attachments.sweep());
  print(options, swept, () =>
    columns(Object.entries(swept).map(([kind, count]) => [words(kind), String(count)])),
  );
}

/** By kind; thing by thing in JSON. */
async function tell({ json }: Options): Promise<void> {
  const list = json && jsonList('items');
  const kinds: Record<string, { count: number; size: number }> = {};
  await withDesk(async ({ services }) => {
    for await (const item of services.attachments.plan()) {
      const { count, size } = kinds[item.kind] ?? { count: 0, size: 0 };
      kinds[item.kind] = { count: count + 1, size: size + item.size };
      list?.item(item);
    }
  });
  if (list) list.end({ kinds });
  else console.log(linesOf(kinds));
}

function linesOf(kinds: Record<string, { count: number; size: number }>): string {
  const rows = Object.entries(kinds).map(([kind, { count, size }]) => [
    words(kind),
    String(count),
    humanSize(size),
  ]);
  return rows.length > 0 ? columns(rows) : 'Nothing to do.';
}

function words(kind: string): string {
  return kind.replaceAll('_', ' ');
}
