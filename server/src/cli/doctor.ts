import type { Command } from 'commander';
import { type Config, ConfigError, parseConfig, readEnvironment } from '../config.ts';
import type { Check } from '../scanner-check.ts';
import { checkDatabase } from './doctor/database.ts';
import { checkFolder } from './doctor/folder.ts';
import { Complaint, EXIT } from './exit.ts';
import { columns, examples, JSON_OPTION, print } from './print.ts';

export function addDoctor(docket: Command): void {
  docket
    .command('doctor')
    .description(
      'Look at settings, data folder, bucket, database, files and scanner, and say what to do. Changes nothing.',
    )
    .option(...JSON_OPTION)
    .addHelpText('after', examples('docket doctor', 'docket doctor --json'))
    .action(doctor);
}

async function doctor(options: { json?: true }): Promise<void> {
  const checks = await checkAll();
  print(options, checks, () => columns(checks.flatMap(rowsOf)));
  const problems = checks.filter(({ state }) => state === 'problem').length;
  if (problems > 0) throw new Complaint(EXIT.failed, problems === 1 ? '1 problem.' : `${problems} problems.`);
}

/** Without a configuration there is nothing more to look at. */
async function checkAll(): Promise<Check[]> {
  try {
    const config = parseConfig(readEnvironment());
    return [{ name: 'configuration', state: 'ok', found: 'It is in order.' }, ...(await checkDesk(config))];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.mistakes.map((found) => ({ name: 'configuration', state: 'problem', found }));
  }
}

async function checkDesk(config: Config): Promise<Check[]> {
  // Here, so that --help need not wait for them.
  const { checkScanner } = await import('../scanner-check.ts');
  const { checkBucket } = await import('./doctor/bucket.ts');
  const folder = await checkFolder(config);
  const bucket = await checkBucket(config);
  const database = await checkDatabase(config);
  return [...folder, ...bucket, ...database, ...(await checkScanner(config, new AbortController().signal))];
}

function rowsOf({ name, state, found, advice }: Check): string[][] {
  return [[state, name, found], ...(advice ? [['', '', advice]] : [])];
}
