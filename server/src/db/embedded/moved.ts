import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const fileOf = (home: string) => join(home, 'MOVED');

/** Remembers beside an embedded database that the desk goes on in another one, so that nobody starts this one unawares. */
export async function markMoved(dataDir: string, to: string): Promise<void> {
  const said = `This database was moved to ${to} on ${new Date().toISOString().slice(0, 10)}.`;
  await writeFile(fileOf(join(dataDir, 'postgres')), `${said}\n`, { mode: 0o600, flush: true });
}

/** Throws where `markMoved` was. */
export async function requireNotMoved(home: string): Promise<void> {
  let said: string;
  try {
    said = await readFile(fileOf(home), 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return;
    throw error;
  }
  throw new Error(
    `${said.trim()} Set DATABASE_URL to it. To go on with what was here before, delete ${fileOf(home)}.`,
  );
}
