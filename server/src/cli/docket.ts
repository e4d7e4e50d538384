import { Command } from 'commander';
import { addBackup } from './backup.ts';
import { addCleanup } from './cleanup.ts';
import { addDb } from './db-move.ts';
import { addDemo } from './demo.ts';
import { addDoctor } from './doctor.ts';
import { EXIT, exitOf } from './exit.ts';
import { addInspect } from './inspect.ts';
import { addMigrate } from './migrate.ts';
import { addRescan } from './rescan.ts';
import { addRestore } from './restore.ts';
import { addServe } from './serve.ts';
import { addStorage } from './storage.ts';
import { addToken } from './token.ts';
import { addUser } from './user.ts';
import { addVerify } from './verify.ts';

export function createProgram(): Command {
  const program = new Command('docket')
    .description('A help desk whose centre is the files on its tickets.')
    .addHelpText('after', '\nSettings come from the environment and from .env; docs/operating.md lists them.')
    .exitOverride()
    .showHelpAfterError('(docket --help, or --help after any command, says how)');
  const commands = [
    addServe,
    addMigrate,
    addUser,
    addToken,
    addCleanup,
    addRescan,
    addBackup,
    addRestore,
    addDb,
    addStorage,
    addVerify,
    addDemo,
    addInspect,
    addDoctor,
  ];
  for (const add of commands) add(program);
  return program;
}

/** Runs one command line to its end; resolves to its exit code, and throws nothing. */
export async function docket(args: string[]): Promise<number> {
  try {
    await createProgram().parseAsync(args, { from: 'user' });
    return EXIT.done;
  } catch (error) {
    const { code, say } = exitOf(error);
    if (say !== undefined) console.error(say);
    return code;
  }
}
