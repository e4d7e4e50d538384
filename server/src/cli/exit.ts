import { CommanderError } from 'commander';
import { BackupBroken, BackupRefused } from '../backup/errors.ts';
import { ConfigError } from '../config.ts';
import { AlreadyRunning } from '../db/embedded.ts';
import { Refusal } from '../refusals.ts';

/** What the exit code of every command means; docs/operating.md says it to people. */
export const EXIT = {
  done: 0,
  /** Something broke, here or in what Docket needs. */
  failed: 1,
  /** The command line or the configuration is not right. */
  usage: 2,
  /** Understood, but not as things are: not found, taken already, running already. */
  refused: 3,
} as const;

/** A reason to end that whoever called can do something about: a sentence, no stack. */
export class Complaint extends Error {
  readonly exit: number;

  constructor(exit: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'Complaint';
    this.exit = exit;
  }
}

/** The exit code for what was thrown, and what to say of it on standard error. */
export function exitOf(error: unknown): { code: number; say: string | undefined } {
  // The end of one thing failed because another had: the first says why.
  if (error instanceof SuppressedError) return exitOf(error.suppressed);
  if (error instanceof CommanderError) {
    // Commander has said it already, and counts from 1.
    return { code: error.exitCode === 0 ? EXIT.done : EXIT.usage, say: undefined };
  }
  if (error instanceof Complaint) return { code: error.exit, say: error.message };
  if (error instanceof ConfigError) return { code: EXIT.usage, say: error.message };
  if (error instanceof Refusal || error instanceof AlreadyRunning || error instanceof BackupRefused) {
    return { code: EXIT.refused, say: error.message };
  }
  if (error instanceof BackupBroken) return { code: EXIT.failed, say: error.message };
  return { code: EXIT.failed, say: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}
