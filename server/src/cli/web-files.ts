import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

/** What the web app is built from, relative to its folder. */
const SOURCES = [
  'src',
  'public',
  'index.html',
  'vite.config.ts',
  'compiled-messages.ts',
  'package.json',
  '../package-lock.json',
];

/** A hash over the paths and bytes of all sources; undefined where they are not installed. */
export async function stampOfSources(web: string): Promise<string | undefined> {
  const hash = createHash('sha256');
  try {
    for (const source of SOURCES) {
      for (const path of await filesIn(join(web, source))) {
        hash.update(`${relative(web, path)}\0`).update(await readFile(path));
      }
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  return hash.digest('hex');
}

const COMPRESSIBLE = /\.(css|html|js|svg)$/;

/** Puts a `.br` and a `.gz` beside every text in the folder, for whoever accepts it. */
export async function compressBeside(folder: string): Promise<void> {
  for (const path of (await filesIn(folder)).filter((file) => COMPRESSIBLE.test(file))) {
    const bytes = await readFile(path);
    const [small, smaller] = await Promise.all([
      promisify(gzip)(bytes, { level: 9 }),
      promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 10 } }),
    ]);
    await writeFile(`${path}.gz`, small);
    await writeFile(`${path}.br`, smaller);
  }
}

/** Every file under `path`, in the same order everywhere; a file is itself. */
async function filesIn(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true, recursive: true }).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOTDIR') return undefined;
    throw error;
  });
  if (entries === undefined) return [path];
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
