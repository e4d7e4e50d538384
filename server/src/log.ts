import { type Logger, pino } from 'pino';
import pretty from 'pino-pretty';

/** What Docket says to its operator; pino's logger is one. */
export interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** The log of a running Docket, on standard error: a JSON object a line, or prose where a person looks on. */
export function createLogger(level: string): Logger {
  if (!process.stderr.isTTY) return pino({ level }, pino.destination(2));
  return pino({ level }, pretty({ destination: 2, sync: true, ignore: 'pid,hostname' }));
}
