import { execFile } from 'node:child_process';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Complaint, EXIT } from './exit.ts';
import { compressBeside, stampOfSources } from './web-files.ts';

const WEB = fileURLToPath(new URL('../../../web/', import.meta.url));
const DIST = join(WEB, 'dist');
const STAMP = '.stamp';

/**
 * Resolves to the folder of the built web app: built now, unless it was built from these very sources before. An
 * installation without the sources has it built already. Throws a `Complaint` that says why it cannot be built.
 */
export async function builtWebApp(): Promise<string> {
  const sources = await stampOfSources(WEB);
  const built = await readIfThere(join(DIST, STAMP));
  if (built !== undefined && (sources === undefined || sources === built)) return DIST;
  if (sources === undefined) throw new Complaint(EXIT.failed, `There is no web app in ${DIST}. ${ADVICE}`);
  console.log('Building the web app, once for this version: about ten seconds.');
  const fresh = `${DIST}-${process.pid}`;
  try {
    await build(fresh);
    await compressBeside(fresh);
    await writeFile(join(fresh, STAMP), sources);
    await putInPlace(fresh);
  } catch (error) {
    throw new Complaint(EXIT.failed, `The web app cannot be built: ${reasonOf(error)}\n${ADVICE}`);
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
  return DIST;
}

const ADVICE =
  'Run npm ci, or build it beforehand with npm run build; docket serve --api-only does without it.';

async function build(into: string): Promise<void> {
  const vite = createRequire(join(WEB, 'package.json')).resolve('vite/package.json');
  const program = join(vite, '..', 'bin', 'vite.js');
  const args = ['build', '--outDir', into, '--emptyOutDir', '--logLevel', 'warn'];
  await promisify(execFile)(process.execPath, [program, ...args], { cwd: WEB });
}

/** Where two build at once, the last one stays; both are the same. */
async function putInPlace(fresh: string): Promise<void> {
  const old = `${fresh}-old`;
  await rename(DIST, old).catch(ignoreMissing);
  await rename(fresh, DIST).catch((error: unknown) => {
    if (codeOf(error) !== 'ENOTEMPTY' && codeOf(error) !== 'EEXIST') throw error;
  });
  await rm(old, { recursive: true, force: true });
}

async function readIfThere(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(ignoreMissing);
}

function ignoreMissing(error: unknown): undefined {
  if (codeOf(error) !== 'ENOENT') throw error;
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

/** What Vite said, or what happened to it. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const said = 'stderr' in error ? String(error.stderr).trim() : '';
  return said || error.message;
}
