import { createInterface } from 'node:readline/promises';
import { type Command, Option } from 'commander';
import type { Desk } from '../compose.ts';
import { ROLES, type Role } from '../db/schema.ts';
import type { Person } from '../helpdesk/accounts.ts';
import { linkOf } from './address.ts';
import { Complaint, EXIT } from './exit.ts';
import { columns, examples, JSON_OPTION, print } from './print.ts';
import { withDesk } from './with-desk.ts';

interface CreateOptions {
  email: string;
  name: string;
  role: Role;
  passwordStdin?: true;
  json?: true;
}
interface EmailOptions {
  email: string;
  json?: true;
}

export function addUser(docket: Command): void {
  const user = docket.command('user').description('People and their accounts.');
  user
    .command('create')
    .description('Make an account. Without a password, a link is printed with which its person sets one.')
    .requiredOption('--email <address>', 'how they sign in')
    .requiredOption('--name <name>', 'as others see them')
    .addOption(new Option('--role <role>', 'what they may do').choices(ROLES).makeOptionMandatory())
    .option('--password-stdin', 'take the first line of standard input for the password')
    .option(...JSON_OPTION)
    .addHelpText(
      'after',
      examples(
        'docket user create --email ann@example.org --name "Ann Lee" --role agent',
        'docket user create --email ann@example.org --name "Ann Lee" --role agent --password-stdin < password.txt',
      ),
    )
    .action(create);
  user
    .command('list')
    .description('Everybody with an account, by name.')
    .addOption(new Option('--role <role>', 'of this role only').choices(ROLES))
    .option(...JSON_OPTION)
    .addHelpText('after', examples('docket user list', 'docket user list --role admin --json'))
    .action(list);
  user
    .command('disable')
    .description(
      'Let somebody in no more. Their sessions, tokens and links end at once; what they wrote stays.',
    )
    .requiredOption('--email <address>', 'whom')
    .option(...JSON_OPTION)
    .addHelpText('after', examples('docket user disable --email ann@example.org'))
    .action(disable);
  user
    .command('reset-password')
    .description('Print a link with which somebody sets a new password, once, within a day.')
    .requiredOption('--email <address>', 'whom')
    .option(...JSON_OPTION)
    .addHelpText('after', examples('docket user reset-password --email ann@example.org'))
    .action(resetPassword);
}

async function create({ email, name, role, passwordStdin, json }: CreateOptions): Promise<void> {
  const password = passwordStdin ? await firstLineOfInput() : undefined;
  const made = await withDesk(async ({ services: { accounts } }, config) => {
    const person = await accounts.people.create({ email, name, role, password });
    if (password !== undefined) return { person: shown(person) };
    const link = await accounts.links.resetLink(person.id);
    return { person: shown(person), link: linkOf(link, config), link_expires_at: link.expires_at };
  });
  print({ json }, made, () => made.link ?? `${made.person.email} can sign in.`);
}

async function list({ role, json }: { role?: Role; json?: true }): Promise<void> {
  const people = await withDesk(({ services }) => everybody(services, role));
  print({ json }, people.map(shown), () =>
    columns([
      ['NAME', 'E-MAIL', 'ROLE', 'STATE'],
      ...people.map((person) => [person.name, person.email, person.role, stateOf(person)]),
    ]),
  );
}

async function disable({ email, json }: EmailOptions): Promise<void> {
  const person = await withDesk(async ({ services: { accounts } }) => {
    const { id } = await accounts.people.byEmail(email);
    return accounts.people.change(id, { disabled: true });
  });
  print({ json }, shown(person), () => `${person.email} is disabled.`);
}

async function resetPassword({ email, json }: EmailOptions): Promise<void> {
  const made = await withDesk(async ({ services: { accounts } }, config) => {
    const { id } = await accounts.people.byEmail(email);
    const link = await accounts.links.resetLink(id);
    return { link: linkOf(link, config), link_expires_at: link.expires_at };
  });
  print({ json }, made, () => made.link);
}

async function everybody({ accounts }: Desk['services'], role: Role | undefined): Promise<Person[]> {
  const limit = 500;
  const people: Person[] = [];
  for (;;) {
    const page = await accounts.people.list({ role, skip: people.length, limit });
    people.push(...page.data);
    if (page.data.length < limit) return people;
  }
}

function shown({ id, name, email, role, created_at, ...person }: Person) {
  return { id, name, email, role, state: stateOf(person), created_at };
}

function stateOf({ disabled_at, anonymised_at }: Pick<Person, 'disabled_at' | 'anonymised_at'>): string {
  if (anonymised_at) return 'anonymised';
  return disabled_at ? 'disabled' : 'enabled';
}

async function firstLineOfInput(): Promise<string> {
  for await (const line of createInterface({ input: process.stdin })) return line;
  throw new Complaint(EXIT.usage, 'Standard input is empty: write the password to it.');
}
