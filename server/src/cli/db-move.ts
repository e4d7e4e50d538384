import { type Command, InvalidArgumentError } from 'commander';
import { databaseUrl, Mistake } from '../config/values.ts';
import { type Config, parseConfig, readEnvironment } from '../config.ts';
import { markMoved } from '../db/embedded.ts';
import { anybodyAtWork } from '../db/notifications.ts';
import { type ConnectTo, openDb, openPool } from '../db/open.ts';
import { requireAnswer, startDatabase } from './database.ts';
import { Complaint, EXIT } from './exit.ts';
import { examples, JSON_OPTION, print } from './print.ts';
import { progressBar } from './progress.ts';

interface Options {
  to: string;
  json?: true;
}

export function addDb(docket: Command): void {
  docket
    .command('db')
    .description('The database as a whole.')
    .command('move')
    .description(
      'Copy the database into an empty PostgreSQL of your own. No server may run; files stay where they are.',
    )
    .requiredOption(
      '--to <url>',
      'postgres://user@host:5432/database; PGPASSWORD may hold its password',
      urlOf,
    )
    .option(...JSON_OPTION)
    .addHelpText(
      'after',
      examples('PGPASSWORD=… docket db move --to postgres://docket@db.example.org/docket'),
    )
    .action(move);
}

async function move({ to, json }: Options): Promise<void> {
  const config = parseConfig(readEnvironment());
  const { moveDatabase } = await import('../backup/move.ts'); // here, so that --help need not wait for it
  await using begun = new AsyncDisposableStack();
  await requireAnswer(to, '--to');
  const database = begun.adopt(await startDatabase(config), (it) => it.stop());
  if (config.databaseUrl) await requireAlone(database.to);
  const bar = progressBar();
  const { tables } = await moveDatabase(database.to, to, bar.show).finally(bar.end);
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  await leave(config, to);
  print({ json }, { rows, tables: tables.map(({ name, rows }) => ({ name, rows })) }, () =>
    [
      `${rows} rows in ${tables.length} tables were copied, and are the same on both sides.`,
      'Now set DATABASE_URL to the new database, keep DOCKET_DATA_DIR, and start Docket.',
    ].join('\n'),
  );
}

async function requireAlone(to: ConnectTo): Promise<void> {
  const db = openDb(openPool(to, () => {}, 1));
  try {
    if (!(await anybodyAtWork(db))) return;
  } finally {
    await db.destroy();
  }
  throw new Complaint(EXIT.refused, 'A Docket is at work on the database of DATABASE_URL: stop it first.');
}

/** Whoever started Docket on the old one again would have two desks. */
async function leave({ dataDir, databaseUrl }: Config, to: string): Promise<void> {
  if (databaseUrl) return;
  const address = new URL(to);
  address.password = '';
  address.search = '';
  await markMoved(dataDir, address.href);
}

function urlOf(text: string): string {
  try {
    return databaseUrl(text);
  } catch (error) {
    throw error instanceof Mistake ? new InvalidArgumentError(`${error.message}.`) : error;
  }
}
