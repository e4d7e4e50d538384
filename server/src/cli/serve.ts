import type { Command } from 'commander';
import { type Config, parseConfig, readEnvironment } from '../config.ts';
import type { Accounts } from '../helpdesk/accounts.ts';
import type { App } from '../http/app.ts';
import { createLogger } from '../log.ts';
import { Refusal } from '../refusals.ts';
import { addressOf, linkOf } from './address.ts';
import { startDatabase } from './database.ts';
import { Complaint, EXIT } from './exit.ts';
import { examples } from './print.ts';
import { listenForStop } from './signals.ts';
import { builtWebApp } from './web-app.ts';

/** Milliseconds that others have to see that this server is leaving, before it takes no more requests. */
export const NOTICE = 5_000;
/** Milliseconds that open requests have to end by themselves. */
export const LAST_UPLOADS = 10_000;
/** Milliseconds that cut ones have to clear up. */
export const LAST_WORDS = 5_000;

export function addServe(docket: Command): void {
  docket
    .command('serve')
    .description('Run Docket: database, background work, HTTP API and web app, until SIGINT or SIGTERM.')
    .option('--api-only', 'without the web app')
    .addHelpText('after', examples('docket serve', 'PORT=8080 DOCKET_DATA_DIR=/srv/docket docket serve'))
    .action(serve);
}

/** Everything that is begun is ended in the opposite order, however this ends: the database goes last. */
async function serve({ apiOnly = false }: { apiOnly?: boolean }): Promise<void> {
  const config = parseConfig(readEnvironment());
  const log = createLogger(config.logLevel);
  const { asked, hurried } = listenForStop();

  const dist = apiOnly ? undefined : await builtWebApp();
  const { compose } = await import('../compose.ts'); // here, so that --help need not wait for all of Docket
  const { buildApp } = await import('../http/app.ts');
  const { warnOfScanner } = await import('../scanner-check.ts');
  await using begun = new AsyncDisposableStack();
  const database = begun.adopt(await startDatabase(config), (it) => it.stop());
  const desk = begun.adopt(await compose(config, database.to, log), (it) => it.close());
  const leaving = new AbortController();
  const app = begun.adopt(await buildApp(desk.services, log, dist, leaving.signal), (it) =>
    close(it, hurried),
  );
  const port = await listen(app, config);
  await desk.work();
  console.log(`Docket is ready: ${addressOf(config, port)}`);
  const ending = begun.adopt(new AbortController(), (it) => it.abort());
  const { storageConfig } = desk.services;
  const lookAtScanner = () => {
    const { maxFileSize } = storageConfig.current();
    warnOfScanner({ ...config, maxFileSize }, log, ending.signal).catch((error: unknown) => {
      if (!ending.signal.aborted) log.warn({ err: error }, 'the scanner was not looked at');
    });
  };
  lookAtScanner();
  storageConfig.onChange(lookAtScanner); // larger files may be more than it looks through
  await announceFirstAdmin(desk.services.accounts, config, port);

  const reason = await Promise.race([asked, database.lost]);
  log.info({ reason }, 'stopping');
  leaving.abort();
  // With a database of its own there is no other server to go to.
  if (config.databaseUrl) await Promise.race([hurried, after(NOTICE)]);
}

/** Resolves to the port. */
async function listen(app: App, { host, port }: Config): Promise<number> {
  try {
    await app.listen({ host, port });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const advice = LISTEN_ADVICE[code];
    if (!advice) throw error;
    throw new Complaint(EXIT.refused, `Docket cannot listen on port ${port} of ${host}: ${advice}`);
  }
  const address = app.server.address();
  return typeof address === 'object' && address ? address.port : port;
}

const LISTEN_ADVICE: Record<string, string> = {
  EADDRINUSE: 'it is taken. Stop what listens there, or set PORT to another.',
  EACCES: 'this user may not. Set PORT to one above 1023.',
  EADDRNOTAVAIL: 'this machine has no such address. Set HOST to one it has.',
  ENOTFOUND: 'there is no such address. Set HOST to one of this machine.',
};

async function announceFirstAdmin(
  { firstAdmin }: Pick<Accounts, 'firstAdmin'>,
  config: Config,
  port: number,
): Promise<void> {
  try {
    const link = await firstAdmin.prepare();
    if (link) {
      console.log(`There is no account yet. Make the first administrator: ${linkOf(link, config, port)}`);
    }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new Complaint(EXIT.usage, `DOCKET_ADMIN_EMAIL, DOCKET_ADMIN_PASSWORD: ${error.message}`);
  }
}

/** Takes no more requests; those under way may end for a while, unless somebody hurries, and are cut then. */
async function close(app: App, hurried: Promise<void>): Promise<void> {
  const closed = app.close();
  await Promise.race([closed, hurried, after(LAST_UPLOADS)]);
  app.server.closeAllConnections();
  await Promise.race([closed, after(LAST_WORDS)]);
}

function after(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
