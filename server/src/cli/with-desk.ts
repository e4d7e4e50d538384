import type { Desk } from '../compose.ts';
import { type Config, parseConfig, readEnvironment } from '../config.ts';
import type { Log } from '../log.ts';
import { reachDatabase } from './database.ts';

/** Does a command's work on the desk of this configuration, and ends everything that was begun for it. */
export async function withDesk<Result>(
  work: (desk: Desk, config: Config) => Promise<Result>,
): Promise<Result> {
  const config = parseConfig(readEnvironment());
  const { compose } = await import('../compose.ts'); // here, so that --help need not wait for all of Docket
  await using begun = new AsyncDisposableStack();
  const database = begun.adopt(await reachDatabase(config), (it) => it.stop());
  const desk = begun.adopt(await compose(config, database.to, inOneLine), (it) => it.close());
  return await work(desk, config);
}

/** What a command has to say beside its result, a line each on standard error. */
export const inOneLine: Log = {
  info() {},
  warn: (_, message) => console.error(message),
  error: (_, message) => console.error(message),
};
