import { type Command, Option } from 'commander';
import type { Destination, Relocation } from '../attachments/index.ts';
import type { Desk } from '../compose.ts';
import { Complaint, EXIT } from './exit.ts';
import { columns, examples, JSON_OPTION, print } from './print.ts';
import { progressBar } from './progress.ts';
import { withDesk } from './with-desk.ts';

const HARMLESS = 'Servers go on meanwhile; when it is cut short, run it again.';

export function addStorage(docket: Command): void {
  const storage = docket.command('storage').description('Where stored files are, and how they are sealed.');
  storage
    .command('move')
    .description(
      `Bring stored files to another store, each verified before it leaves the old one. ${HARMLESS}`,
    )
    .addOption(
      new Option('--to <store>', 'where DOCKET_STORAGE sends new files')
        .choices(['disk', 's3'])
        .makeOptionMandatory(),
    )
    .option(...JSON_OPTION)
    .addHelpText('after', examples('docket storage move --to s3', 'docket storage move --to disk --json'))
    .action((options: { to: string; json?: true }) =>
      relocate(options, { storage: options.to }, ({ services }) => {
        if (services.attachments.storage() === options.to) return;
        const advice = `set DOCKET_STORAGE=${options.to}, restart every server, and run this again.`;
        throw new Complaint(EXIT.refused, `New files go elsewhere still: ${advice}`);
      }),
    );
  storage
    .command('rewrap')
    .description(
      `Seal stored files with the present DOCKET_ENCRYPTION_KEY, or open all of them without one. ${HARMLESS}`,
    )
    .option(...JSON_OPTION)
    .addHelpText('after', examples('docket storage rewrap', 'docket storage rewrap --json'))
    .action((options: { json?: true }) => relocate(options, 'sealed'));
}

async function relocate(
  options: { json?: true },
  destination: Destination,
  check: (desk: Desk) => void = () => {},
): Promise<void> {
  const files: Record<Relocation, number> = { moved: 0, gone: 0, damaged: 0 };
  const bar = progressBar();
  const isAlone = await withDesk((desk) => {
    check(desk);
    return desk.services.attachments.move(destination, ({ done, total, outcome }) => {
      files[outcome] += 1;
      bar.show(done, total);
    });
  }).finally(bar.end);
  if (!isAlone) throw new Complaint(EXIT.refused, 'Files are being moved already: wait until that is done.');
  print(options, files, () => columns(Object.entries(files).map(([what, count]) => [what, String(count)])));
  if (files.damaged > 0) {
    const what = files.damaged === 1 ? '1 file is' : `${files.damaged} files are`;
    throw new Complaint(
      EXIT.failed,
      `${what} missing or changed, and left as found: docs/operating.md, alarms.`,
    );
  }
}
