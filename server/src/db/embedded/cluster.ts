import { existsSync } from 'node:fs';
import { mkdtemp, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Binaries } from './binaries.ts';
import { handOver, type Runner, runToEnd } from './runner.ts';
import { LOG_SEGMENT_MB } from './settings.ts';

/**
 * Makes sure that `home/data` holds a PostgreSQL data folder that fits the binaries, creating it where there
 * is none: whole or not at all. Throws when another major version made it.
 */
export async function ensureCluster(
  home: string,
  binaries: Binaries,
  runner: Runner,
  sync: boolean,
): Promise<string> {
  const data = join(home, 'data');
  await removeUnfinished(home);
  if (existsSync(data)) await checkVersion(data, binaries.major);
  else await createCluster(home, data, binaries, runner, sync);
  return data;
}

const UNFINISHED = 'data-unfinished-';

async function removeUnfinished(home: string): Promise<void> {
  const left = (await readdir(home)).filter((name) => name.startsWith(UNFINISHED));
  // an initdb that outlived its Docket may still be writing there
  await Promise.all(
    left.map((name) => rm(join(home, name), { recursive: true, force: true, maxRetries: 5 })),
  );
}

async function createCluster(home: string, data: string, binaries: Binaries, runner: Runner, sync: boolean) {
  const unfinished = await mkdtemp(join(home, UNFINISHED));
  await handOver(runner, unfinished);
  const args = [
    `--pgdata=${unfinished}`,
    '--username=postgres',
    '--auth=trust',
    '--encoding=UTF8',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--locale=C',
    '--data-checksums',
    `--wal-segsize=${LOG_SEGMENT_MB}`,
    '--no-instructions',
    ...(sync ? [] : ['--no-sync']),
  ];
  try {
    await runToEnd(runner, binaries.initdb, args, unfinished);
    await rename(unfinished, data);
    await syncFolder(home);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    throw new Error(`PostgreSQL could not create its data folder: ${complaintOf(error)}`, { cause: error });
  }
}

async function checkVersion(data: string, major: number): Promise<void> {
  const version = (await readFile(join(data, 'PG_VERSION'), 'utf8')).trim();
  if (version === String(major)) return;
  throw new Error(
    `The data in ${data} was written by PostgreSQL ${version} and the binaries are version ${major}. Set DOCKET_POSTGRES_BIN to a folder with PostgreSQL ${version}, or restore a backup into a new data folder.`,
  );
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder);
  await handle.sync();
  await handle.close();
}

function complaintOf(error: unknown): string {
  if (error instanceof Error && 'stderr' in error && error.stderr) return String(error.stderr).trim();
  return error instanceof Error ? error.message : String(error);
}
