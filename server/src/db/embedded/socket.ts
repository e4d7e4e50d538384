import { createHash } from 'node:crypto';
import { lstat, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { handOver, type Runner } from './runner.ts';

export const PORT = 5432; // names the socket file only: no network port is opened
const LONGEST_PATH = 103; // of a socket, in bytes: 107 on Linux, 103 on macOS

/** The socket's path in a folder, as PostgreSQL and its clients make it. */
export function socketIn(folder: string): string {
  return join(folder, `.s.PGSQL.${PORT}`);
}

/**
 * The private folder for the socket: `home` itself, or, when its path is too long for a socket, one in /tmp
 * that is named after it.
 */
export async function makeSocketFolder(home: string, runner: Runner): Promise<string> {
  if (Buffer.byteLength(socketIn(home)) <= LONGEST_PATH) return home;
  const name = createHash('sha256').update(home).digest('hex').slice(0, 16);
  const folder = `/tmp/docket-${name}`;
  try {
    await mkdir(folder, { mode: 0o700 });
    await handOver(runner, folder);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  await checkPrivate(folder, runner.ids?.uid);
  return folder;
}

/** Throws unless this is a real folder that only `owner` (we ourselves, unless given) can enter. */
export async function checkPrivate(folder: string, owner = process.getuid?.()): Promise<void> {
  const found = await lstat(folder);
  if (found.isDirectory() && found.uid === owner && (found.mode & 0o077) === 0) return;
  throw new Error(`${folder} is not a private folder of user ${owner}. Remove it and start Docket again.`);
}
