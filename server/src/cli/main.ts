import { Command } from 'commander';
import { addCleanup } from './cleanup.ts';
import { addDemo } from './demo.ts';
import { exitOf } from './exit.ts';
import { addInspect } from './inspect.ts';
import { addMigrate } from './migrate.ts';
import { addServe } from './serve.ts';
import { addToken } from './token.ts';
import { addUser } from './user.ts';

const docket = new Command('docket')
  .description('A help desk whose centre is the files on its tickets.')
  .addHelpText('after', '\nSettings come from the environment and from .env; docs/operating.md lists them.')
  .exitOverride()
  .showHelpAfterError('(docket --help, or --help after any command, says how)');

for (const add of [addServe, addMigrate, addUser, addToken, addCleanup, addDemo, addInspect]) add(docket);

try {
  await docket.parseAsync();
} catch (error) {
  const { code, say } = exitOf(error);
  if (say !== undefined) console.error(say);
  process.exitCode = code;
}
// Whatever a failure left open must not keep the process.
process.exit();
