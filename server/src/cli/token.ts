import type { Command } from 'commander';
import { examples, JSON_OPTION, print } from './print.ts';
import { withDesk } from './with-desk.ts';

interface TokenOptions {
  email: string;
  name: string;
  json?: true;
}

export function addToken(docket: Command): void {
  const token = docket.command('token').description('API tokens.');
  token
    .command('create')
    .description('Make an API token for somebody. It is shown this once, alone on standard output.')
    .requiredOption('--email <address>', 'whose it is')
    .option('--name <name>', 'what it is for', 'command line')
    .option(...JSON_OPTION)
    .addHelpText(
      'after',
      examples(
        'docket token create --email ann@example.org --name backup',
        'TOKEN=$(docket token create --email ann@example.org)',
      ),
    )
    .action(async (options: TokenOptions) => {
      const made = await withDesk(async ({ services: { accounts } }) => {
        const { id } = await accounts.people.byEmail(options.email);
        return accounts.tokens.create(id, options.name);
      });
      print(options, made, () => made.token);
    });
}
